-- athena_data_catalogs 1
-- on sqlite
CREATE TABLE athena_data_catalogs (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, region, name)
);
-- on postgresql
CREATE TABLE athena_data_catalogs (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, region, name)
);

-- athena_executions 1
-- on sqlite
CREATE TABLE athena_executions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  workgroup TEXT NOT NULL,
  state TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  body TEXT NOT NULL,
  principal TEXT NOT NULL,
  outcome TEXT NOT NULL,
  submitted INTEGER NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX athena_executions_listed ON athena_executions (account, region, workgroup, submitted, id);
-- on postgresql
CREATE TABLE athena_executions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  workgroup TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  body TEXT NOT NULL,
  principal TEXT NOT NULL,
  outcome TEXT NOT NULL,
  submitted INTEGER NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX athena_executions_listed ON athena_executions (account, region, workgroup, submitted, id);

-- athena_named_queries 1
-- on sqlite
CREATE TABLE athena_named_queries (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  workgroup TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX athena_named_queries_listed ON athena_named_queries (account, region, workgroup, id);
-- on postgresql
CREATE TABLE athena_named_queries (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  workgroup TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX athena_named_queries_listed ON athena_named_queries (account, region, workgroup, id);

-- athena_prepared_statements 1
-- on sqlite
CREATE TABLE athena_prepared_statements (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  workgroup TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  modified INTEGER NOT NULL,
  PRIMARY KEY (account, region, workgroup, name)
);
-- on postgresql
CREATE TABLE athena_prepared_statements (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  workgroup TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  modified INTEGER NOT NULL,
  PRIMARY KEY (account, region, workgroup, name)
);

-- athena_tags 1
-- on sqlite
CREATE TABLE athena_tags (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL,
  tag TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, region, arn, tag)
);
-- on postgresql
CREATE TABLE athena_tags (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL,
  tag TEXT COLLATE "C" NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, region, arn, tag)
);

-- athena_tokens 1
-- on sqlite
CREATE TABLE athena_tokens (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  token TEXT NOT NULL,
  execution TEXT NOT NULL,
  request TEXT NOT NULL,
  PRIMARY KEY (account, region, token)
);
-- on postgresql
CREATE TABLE athena_tokens (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  token TEXT COLLATE "C" NOT NULL,
  execution TEXT NOT NULL,
  request TEXT NOT NULL,
  PRIMARY KEY (account, region, token)
);

-- athena_workgroups 1
-- on sqlite
CREATE TABLE athena_workgroups (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
);
-- on postgresql
CREATE TABLE athena_workgroups (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
);
