"""Make untrusted text safe HTML."""
