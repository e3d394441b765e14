-- audit 1
-- on sqlite
CREATE TABLE audit (
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  time FLOAT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX audit_time ON audit (account, region, time);
-- on postgresql
CREATE TABLE audit (
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  time FLOAT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX audit_time ON audit (account, region, time);
