"""The database: opening it, transactions with retry and locks, migrations; the audit trail and the installation's secret."""
