-- cloudwatch_dashboards 1
-- on sqlite
CREATE TABLE cloudwatch_dashboards (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  modified BIGINT NOT NULL,
  PRIMARY KEY (account, region, name)
);
-- on postgresql
CREATE TABLE cloudwatch_dashboards (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  modified BIGINT NOT NULL,
  PRIMARY KEY (account, region, name)
);

-- cloudwatch_metrics 1
-- on sqlite
CREATE TABLE cloudwatch_metrics (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  dimensions TEXT NOT NULL,
  active BIGINT NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX cloudwatch_metrics_name ON cloudwatch_metrics (account, region, namespace, name, id);
-- on postgresql
CREATE TABLE cloudwatch_metrics (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  namespace TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  dimensions TEXT NOT NULL,
  active BIGINT NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX cloudwatch_metrics_name ON cloudwatch_metrics (account, region, namespace, name, id);

-- cloudwatch_points 1
-- on sqlite
CREATE TABLE cloudwatch_points (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  metric TEXT NOT NULL,
  time BIGINT NOT NULL,
  resolution INTEGER NOT NULL,
  unit TEXT NOT NULL,
  samples FLOAT NOT NULL,
  total FLOAT NOT NULL,
  low FLOAT NOT NULL,
  high FLOAT NOT NULL,
  spread BLOB,
  PRIMARY KEY (account, region, metric, time, resolution, unit)
)
 WITHOUT ROWID;
CREATE INDEX cloudwatch_points_age ON cloudwatch_points (account, region, resolution, time);
-- on postgresql
CREATE TABLE cloudwatch_points (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  metric TEXT NOT NULL,
  time BIGINT NOT NULL,
  resolution INTEGER NOT NULL,
  unit TEXT NOT NULL,
  samples FLOAT NOT NULL,
  total FLOAT NOT NULL,
  low FLOAT NOT NULL,
  high FLOAT NOT NULL,
  spread BYTEA,
  PRIMARY KEY (account, region, metric, time, resolution, unit)
);
CREATE INDEX cloudwatch_points_age ON cloudwatch_points (account, region, resolution, time);
