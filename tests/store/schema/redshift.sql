-- redshift_clusters 1
-- on sqlite
CREATE TABLE redshift_clusters (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  namespace TEXT NOT NULL,
  body TEXT NOT NULL,
  created TEXT NOT NULL,
  PRIMARY KEY (account, region, name)
);
-- on postgresql
CREATE TABLE redshift_clusters (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  status TEXT NOT NULL,
  namespace TEXT NOT NULL,
  body TEXT NOT NULL,
  created TEXT NOT NULL,
  PRIMARY KEY (account, region, name)
);

-- redshift_credentials 1
-- on sqlite
CREATE TABLE redshift_credentials (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  user TEXT NOT NULL,
  password BLOB NOT NULL,
  expires FLOAT NOT NULL,
  PRIMARY KEY (account, region, kind, name, user)
);
-- on postgresql
CREATE TABLE redshift_credentials (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  "user" TEXT NOT NULL,
  password BYTEA NOT NULL,
  expires FLOAT NOT NULL,
  PRIMARY KEY (account, region, kind, name, "user")
);

-- redshift_data_results 1
-- on sqlite
CREATE TABLE redshift_data_results (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  part INTEGER NOT NULL,
  rows BLOB NOT NULL,
  PRIMARY KEY (account, region, id, part)
);
-- on postgresql
CREATE TABLE redshift_data_results (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  part INTEGER NOT NULL,
  rows BYTEA NOT NULL,
  PRIMARY KEY (account, region, id, part)
);

-- redshift_data_statements 1
-- on sqlite
CREATE TABLE redshift_data_statements (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  number BIGINT NOT NULL,
  status TEXT NOT NULL,
  token TEXT NOT NULL,
  request TEXT NOT NULL,
  outcome TEXT NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX redshift_data_statements_number ON redshift_data_statements (account, region, number);
CREATE UNIQUE INDEX redshift_data_statements_token ON redshift_data_statements (account, region, token);
-- on postgresql
CREATE TABLE redshift_data_statements (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  number BIGINT NOT NULL,
  status TEXT NOT NULL,
  token TEXT COLLATE "C" NOT NULL,
  request TEXT NOT NULL,
  outcome TEXT NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX redshift_data_statements_number ON redshift_data_statements (account, region, number);
CREATE UNIQUE INDEX redshift_data_statements_token ON redshift_data_statements (account, region, token);

-- redshift_groups 1
-- on sqlite
CREATE TABLE redshift_groups (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, region, kind, name)
);
-- on postgresql
CREATE TABLE redshift_groups (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, region, kind, name)
);

-- redshift_namespaces 1
-- on sqlite
CREATE TABLE redshift_namespaces (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  id TEXT NOT NULL,
  password TEXT NOT NULL,
  body TEXT NOT NULL,
  created TEXT NOT NULL,
  PRIMARY KEY (account, region, name)
);
-- on postgresql
CREATE TABLE redshift_namespaces (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  id TEXT NOT NULL,
  password TEXT NOT NULL,
  body TEXT NOT NULL,
  created TEXT NOT NULL,
  PRIMARY KEY (account, region, name)
);

-- redshift_serverless_tags 1
-- on sqlite
CREATE TABLE redshift_serverless_tags (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL,
  tag TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, region, arn, tag)
);
-- on postgresql
CREATE TABLE redshift_serverless_tags (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT COLLATE "C" NOT NULL,
  tag TEXT COLLATE "C" NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, region, arn, tag)
);

-- redshift_tags 1
-- on sqlite
CREATE TABLE redshift_tags (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL,
  tag TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, region, arn, tag)
);
-- on postgresql
CREATE TABLE redshift_tags (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT COLLATE "C" NOT NULL,
  tag TEXT COLLATE "C" NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, region, arn, tag)
);

-- redshift_warehouses 1
-- on sqlite
CREATE TABLE redshift_warehouses (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  file TEXT NOT NULL,
  "database" TEXT NOT NULL,
  admin TEXT NOT NULL,
  password BLOB NOT NULL,
  port INTEGER NOT NULL,
  address TEXT NOT NULL,
  open INTEGER NOT NULL,
  roles TEXT NOT NULL,
  PRIMARY KEY (account, region, kind, name)
);
-- on postgresql
CREATE TABLE redshift_warehouses (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  file TEXT NOT NULL,
  database TEXT NOT NULL,
  admin TEXT NOT NULL,
  password BYTEA NOT NULL,
  port INTEGER NOT NULL,
  address TEXT NOT NULL,
  open INTEGER NOT NULL,
  roles TEXT NOT NULL,
  PRIMARY KEY (account, region, kind, name)
);

-- redshift_workgroups 1
-- on sqlite
CREATE TABLE redshift_workgroups (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  id TEXT NOT NULL,
  namespace TEXT NOT NULL,
  status TEXT NOT NULL,
  body TEXT NOT NULL,
  created TEXT NOT NULL,
  PRIMARY KEY (account, region, name)
);
-- on postgresql
CREATE TABLE redshift_workgroups (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  id TEXT NOT NULL,
  namespace TEXT COLLATE "C" NOT NULL,
  status TEXT NOT NULL,
  body TEXT NOT NULL,
  created TEXT NOT NULL,
  PRIMARY KEY (account, region, name)
);
