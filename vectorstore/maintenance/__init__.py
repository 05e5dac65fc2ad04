"""Keep a library safe: doctor, backup, restore."""
