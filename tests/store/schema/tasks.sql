-- tasks 1
-- on sqlite
CREATE TABLE tasks (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  service TEXT NOT NULL,
  kind TEXT NOT NULL,
  "key" TEXT NOT NULL,
  state TEXT NOT NULL,
  data TEXT NOT NULL,
  run_at FLOAT NOT NULL,
  owner TEXT NOT NULL,
  lease_until FLOAT NOT NULL,
  claims INTEGER NOT NULL,
  stopping BOOLEAN NOT NULL,
  created FLOAT NOT NULL,
  PRIMARY KEY (account, region, service, kind, "key")
);
CREATE INDEX tasks_due ON tasks (run_at, lease_until);
-- on postgresql
CREATE TABLE tasks (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  service TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  state TEXT NOT NULL,
  data TEXT NOT NULL,
  run_at FLOAT NOT NULL,
  owner TEXT NOT NULL,
  lease_until FLOAT NOT NULL,
  claims INTEGER NOT NULL,
  stopping BOOLEAN NOT NULL,
  created FLOAT NOT NULL,
  PRIMARY KEY (account, region, service, kind, key)
);
CREATE INDEX tasks_due ON tasks (run_at, lease_until);
