"""Who may use the page: accounts, sessions, and the checks that every request passes."""
