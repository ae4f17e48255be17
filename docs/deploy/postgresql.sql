-- The database from nothing, on a PostgreSQL as Debian installs it:
--     sudo -u postgres psql -v ON_ERROR_STOP=1 -f docs/deploy/postgresql.sql
-- The system's user surveys may then connect without a password: DATABASE_URL=postgresql://surveys@/surveys?host=/var/run/postgresql
-- From another machine give it one (\password surveys) and a line in pg_hba.conf: hostssl surveys surveys 192.0.2.0/24 scram-sha-256
CREATE ROLE surveys LOGIN;
CREATE DATABASE surveys OWNER surveys ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE surveys FROM PUBLIC;

-- What `db check` asks for: neither a ballot nor the hash of a code may get into PostgreSQL's log.
ALTER SYSTEM SET log_statement = 'none';
ALTER SYSTEM SET log_min_duration_statement = '-1';
ALTER SYSTEM SET log_parameter_max_length_on_error = '0';
ALTER SYSTEM SET log_min_error_statement = 'panic';
ALTER SYSTEM SET log_error_verbosity = 'terse';
SELECT pg_reload_conf();
