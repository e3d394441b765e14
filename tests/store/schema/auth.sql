-- auth_access_keys 1
-- on sqlite
CREATE TABLE auth_access_keys (
  access_key TEXT NOT NULL,
  account TEXT NOT NULL,
  user_name TEXT NOT NULL,
  user_arn TEXT NOT NULL,
  user_id TEXT NOT NULL,
  secret BLOB NOT NULL,
  status TEXT NOT NULL,
  created FLOAT NOT NULL,
  PRIMARY KEY (access_key)
);
CREATE INDEX auth_access_keys_user ON auth_access_keys (account, user_name);
-- on postgresql
CREATE TABLE auth_access_keys (
  access_key TEXT NOT NULL,
  account TEXT NOT NULL,
  user_name TEXT NOT NULL,
  user_arn TEXT NOT NULL,
  user_id TEXT NOT NULL,
  secret BYTEA NOT NULL,
  status TEXT NOT NULL,
  created FLOAT NOT NULL,
  PRIMARY KEY (access_key)
);
CREATE INDEX auth_access_keys_user ON auth_access_keys (account, user_name);

-- auth_run_tokens 1
-- on sqlite
CREATE TABLE auth_run_tokens (
  token TEXT NOT NULL,
  account TEXT NOT NULL,
  role_arn TEXT NOT NULL,
  session_name TEXT NOT NULL,
  created FLOAT NOT NULL,
  PRIMARY KEY (token)
);
-- on postgresql
CREATE TABLE auth_run_tokens (
  token TEXT NOT NULL,
  account TEXT NOT NULL,
  role_arn TEXT NOT NULL,
  session_name TEXT NOT NULL,
  created FLOAT NOT NULL,
  PRIMARY KEY (token)
);

-- auth_sessions 1
-- on sqlite
CREATE TABLE auth_sessions (
  access_key TEXT NOT NULL,
  account TEXT NOT NULL,
  role_arn TEXT NOT NULL,
  session_name TEXT NOT NULL,
  principal TEXT NOT NULL,
  secret BLOB NOT NULL,
  token TEXT NOT NULL,
  policies TEXT,
  expires FLOAT NOT NULL,
  PRIMARY KEY (access_key)
);
CREATE INDEX auth_sessions_expires ON auth_sessions (expires);
-- on postgresql
CREATE TABLE auth_sessions (
  access_key TEXT NOT NULL,
  account TEXT NOT NULL,
  role_arn TEXT NOT NULL,
  session_name TEXT NOT NULL,
  principal TEXT NOT NULL,
  secret BYTEA NOT NULL,
  token TEXT NOT NULL,
  policies TEXT,
  expires FLOAT NOT NULL,
  PRIMARY KEY (access_key)
);
CREATE INDEX auth_sessions_expires ON auth_sessions (expires);
