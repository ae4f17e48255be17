"""Who may sign in, with which role, and the audit trail."""
