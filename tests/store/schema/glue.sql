-- glue_catalog_settings 1
-- on sqlite
CREATE TABLE glue_catalog_settings (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  catalog TEXT NOT NULL,
  encryption TEXT NOT NULL,
  PRIMARY KEY (account, region, catalog)
);
-- on postgresql
CREATE TABLE glue_catalog_settings (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  catalog TEXT NOT NULL,
  encryption TEXT NOT NULL,
  PRIMARY KEY (account, region, catalog)
);

-- glue_classifiers 1
-- on sqlite
CREATE TABLE glue_classifiers (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  version INTEGER NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (account, region, name)
);
-- on postgresql
CREATE TABLE glue_classifiers (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  version INTEGER NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (account, region, name)
);

-- glue_column_statistics 1
-- on sqlite
CREATE TABLE glue_column_statistics (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  table_id TEXT NOT NULL,
  values_key TEXT NOT NULL,
  column_name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, region, table_id, values_key, column_name)
);
-- on postgresql
CREATE TABLE glue_column_statistics (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  table_id TEXT NOT NULL,
  values_key TEXT COLLATE "C" NOT NULL,
  column_name TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, region, table_id, values_key, column_name)
);

-- glue_connections 1
-- on sqlite
CREATE TABLE glue_connections (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  catalog TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  secrets BLOB NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  PRIMARY KEY (account, region, catalog, name)
);
-- on postgresql
CREATE TABLE glue_connections (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  catalog TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  secrets BYTEA NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  PRIMARY KEY (account, region, catalog, name)
);

-- glue_crawl_folders 1
-- on sqlite
CREATE TABLE glue_crawl_folders (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  crawler TEXT NOT NULL,
  location TEXT NOT NULL,
  PRIMARY KEY (account, region, crawler, location)
);
-- on postgresql
CREATE TABLE glue_crawl_folders (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  crawler TEXT COLLATE "C" NOT NULL,
  location TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (account, region, crawler, location)
);

-- glue_crawlers 1
-- on sqlite
CREATE TABLE glue_crawlers (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  schedule TEXT NOT NULL,
  schedule_state TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  crawl TEXT NOT NULL,
  last TEXT,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (account, region, name)
);
-- on postgresql
CREATE TABLE glue_crawlers (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  schedule TEXT NOT NULL,
  schedule_state TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  crawl TEXT NOT NULL,
  last TEXT,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (account, region, name)
);

-- glue_crawls 1
-- on sqlite
CREATE TABLE glue_crawls (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  crawler TEXT NOT NULL,
  state TEXT NOT NULL,
  started BIGINT NOT NULL,
  ended BIGINT,
  error TEXT NOT NULL,
  counts TEXT NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX glue_crawls_crawler ON glue_crawls (account, region, crawler, started);
-- on postgresql
CREATE TABLE glue_crawls (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  crawler TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  started BIGINT NOT NULL,
  ended BIGINT,
  error TEXT NOT NULL,
  counts TEXT NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX glue_crawls_crawler ON glue_crawls (account, region, crawler, started);

-- glue_databases 1
-- on sqlite
CREATE TABLE glue_databases (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  catalog TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (account, region, catalog, name)
);
-- on postgresql
CREATE TABLE glue_databases (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  catalog TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (account, region, catalog, name)
);

-- glue_functions 1
-- on sqlite
CREATE TABLE glue_functions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  catalog TEXT NOT NULL,
  "database" TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (account, region, catalog, "database", name)
);
-- on postgresql
CREATE TABLE glue_functions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  catalog TEXT NOT NULL,
  database TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (account, region, catalog, database, name)
);

-- glue_job_bookmark_commits 1
-- on sqlite
CREATE TABLE glue_job_bookmark_commits (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  number INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  previous_run_id TEXT NOT NULL,
  began_version INTEGER NOT NULL,
  version INTEGER NOT NULL,
  run INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  "before" INTEGER NOT NULL,
  body TEXT NOT NULL,
  committed FLOAT NOT NULL,
  PRIMARY KEY (account, region, name, number)
);
CREATE INDEX glue_job_bookmark_commits_run ON glue_job_bookmark_commits (account, region, name, run_id);
-- on postgresql
CREATE TABLE glue_job_bookmark_commits (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  number INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  previous_run_id TEXT NOT NULL,
  began_version INTEGER NOT NULL,
  version INTEGER NOT NULL,
  run INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  before INTEGER NOT NULL,
  body TEXT NOT NULL,
  committed FLOAT NOT NULL,
  PRIMARY KEY (account, region, name, number)
);
CREATE INDEX glue_job_bookmark_commits_run ON glue_job_bookmark_commits (account, region, name, run_id);

-- glue_job_bookmark_tokens 1
-- on sqlite
CREATE TABLE glue_job_bookmark_tokens (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  run_id TEXT NOT NULL,
  token TEXT NOT NULL,
  PRIMARY KEY (account, region, run_id)
);
-- on postgresql
CREATE TABLE glue_job_bookmark_tokens (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  run_id TEXT NOT NULL,
  token TEXT NOT NULL,
  PRIMARY KEY (account, region, run_id)
);

-- glue_job_bookmarks 1
-- on sqlite
CREATE TABLE glue_job_bookmarks (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  job TEXT NOT NULL,
  version INTEGER NOT NULL,
  run INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  previous_run_id TEXT NOT NULL,
  open INTEGER NOT NULL,
  state INTEGER NOT NULL,
  commits INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
);
-- on postgresql
CREATE TABLE glue_job_bookmarks (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  job TEXT COLLATE "C" NOT NULL,
  version INTEGER NOT NULL,
  run INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  previous_run_id TEXT NOT NULL,
  open INTEGER NOT NULL,
  state INTEGER NOT NULL,
  commits INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
);

-- glue_job_run_reports 1
-- on sqlite
CREATE TABLE glue_job_run_reports (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  written FLOAT NOT NULL,
  PRIMARY KEY (account, region, id)
);
-- on postgresql
CREATE TABLE glue_job_run_reports (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  written FLOAT NOT NULL,
  PRIMARY KEY (account, region, id)
);

-- glue_job_runs 1
-- on sqlite
CREATE TABLE glue_job_runs (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  job TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  detail TEXT NOT NULL,
  started FLOAT NOT NULL,
  began FLOAT,
  modified FLOAT NOT NULL,
  completed FLOAT,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX glue_job_runs_job ON glue_job_runs (account, region, job, sequence);
CREATE INDEX glue_job_runs_state ON glue_job_runs (account, region, job, state);
-- on postgresql
CREATE TABLE glue_job_runs (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  job TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  detail TEXT NOT NULL,
  started FLOAT NOT NULL,
  began FLOAT,
  modified FLOAT NOT NULL,
  completed FLOAT,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX glue_job_runs_job ON glue_job_runs (account, region, job, sequence);
CREATE INDEX glue_job_runs_state ON glue_job_runs (account, region, job, state);

-- glue_jobs 1
-- on sqlite
CREATE TABLE glue_jobs (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  created FLOAT NOT NULL,
  modified FLOAT NOT NULL,
  PRIMARY KEY (account, region, name)
);
-- on postgresql
CREATE TABLE glue_jobs (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  created FLOAT NOT NULL,
  modified FLOAT NOT NULL,
  PRIMARY KEY (account, region, name)
);

-- glue_partition_indexes 1
-- on sqlite
CREATE TABLE glue_partition_indexes (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  table_id TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, region, table_id, name)
);
-- on postgresql
CREATE TABLE glue_partition_indexes (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  table_id TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, region, table_id, name)
);

-- glue_partitions 1
-- on sqlite
CREATE TABLE glue_partitions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  table_id TEXT NOT NULL,
  values_key TEXT NOT NULL,
  k0 TEXT DEFAULT '' NOT NULL,
  k1 TEXT DEFAULT '' NOT NULL,
  k2 TEXT DEFAULT '' NOT NULL,
  k3 TEXT DEFAULT '' NOT NULL,
  k4 TEXT DEFAULT '' NOT NULL,
  k5 TEXT DEFAULT '' NOT NULL,
  k6 TEXT DEFAULT '' NOT NULL,
  k7 TEXT DEFAULT '' NOT NULL,
  slot INTEGER NOT NULL,
  misfits BIGINT NOT NULL,
  body TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (account, region, table_id, values_key)
);
CREATE INDEX glue_partitions_keys ON glue_partitions (account, region, table_id, k0, k1, k2, k3, k4, k5, k6, k7, slot);
CREATE INDEX glue_partitions_misfits ON glue_partitions (account, region, table_id) WHERE misfits != 0;
-- on postgresql
CREATE TABLE glue_partitions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  table_id TEXT NOT NULL,
  values_key TEXT COLLATE "C" NOT NULL,
  k0 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k1 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k2 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k3 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k4 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k5 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k6 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k7 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  slot INTEGER NOT NULL,
  misfits BIGINT NOT NULL,
  body TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (account, region, table_id, values_key)
);
CREATE INDEX glue_partitions_keys ON glue_partitions (account, region, table_id, k0, k1, k2, k3, k4, k5, k6, k7, slot);
CREATE INDEX glue_partitions_misfits ON glue_partitions (account, region, table_id) WHERE misfits != 0;

-- glue_partitions 2
-- on sqlite
CREATE TABLE glue_partitions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  table_id TEXT NOT NULL,
  values_key TEXT NOT NULL,
  k0 TEXT DEFAULT '' NOT NULL,
  k1 TEXT DEFAULT '' NOT NULL,
  k2 TEXT DEFAULT '' NOT NULL,
  k3 TEXT DEFAULT '' NOT NULL,
  k4 TEXT DEFAULT '' NOT NULL,
  k5 TEXT DEFAULT '' NOT NULL,
  k6 TEXT DEFAULT '' NOT NULL,
  k7 TEXT DEFAULT '' NOT NULL,
  slot INTEGER NOT NULL,
  misfits BIGINT NOT NULL,
  body TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (account, region, table_id, values_key)
);
CREATE INDEX glue_partitions_k1 ON glue_partitions (account, region, table_id, k1, values_key) WHERE k1 != '';
CREATE INDEX glue_partitions_k2 ON glue_partitions (account, region, table_id, k2, values_key) WHERE k2 != '';
CREATE INDEX glue_partitions_k3 ON glue_partitions (account, region, table_id, k3, values_key) WHERE k3 != '';
CREATE INDEX glue_partitions_k4 ON glue_partitions (account, region, table_id, k4, values_key) WHERE k4 != '';
CREATE INDEX glue_partitions_k5 ON glue_partitions (account, region, table_id, k5, values_key) WHERE k5 != '';
CREATE INDEX glue_partitions_k6 ON glue_partitions (account, region, table_id, k6, values_key) WHERE k6 != '';
CREATE INDEX glue_partitions_k7 ON glue_partitions (account, region, table_id, k7, values_key) WHERE k7 != '';
CREATE INDEX glue_partitions_keys ON glue_partitions (account, region, table_id, k0, k1, k2, k3, k4, k5, k6, k7, slot);
CREATE INDEX glue_partitions_misfits ON glue_partitions (account, region, table_id) WHERE misfits != 0;
-- on postgresql
CREATE TABLE glue_partitions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  table_id TEXT NOT NULL,
  values_key TEXT COLLATE "C" NOT NULL,
  k0 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k1 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k2 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k3 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k4 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k5 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k6 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  k7 TEXT COLLATE "C" DEFAULT '' NOT NULL,
  slot INTEGER NOT NULL,
  misfits BIGINT NOT NULL,
  body TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (account, region, table_id, values_key)
);
CREATE INDEX glue_partitions_k1 ON glue_partitions (account, region, table_id, k1, values_key) WHERE k1 != '';
CREATE INDEX glue_partitions_k2 ON glue_partitions (account, region, table_id, k2, values_key) WHERE k2 != '';
CREATE INDEX glue_partitions_k3 ON glue_partitions (account, region, table_id, k3, values_key) WHERE k3 != '';
CREATE INDEX glue_partitions_k4 ON glue_partitions (account, region, table_id, k4, values_key) WHERE k4 != '';
CREATE INDEX glue_partitions_k5 ON glue_partitions (account, region, table_id, k5, values_key) WHERE k5 != '';
CREATE INDEX glue_partitions_k6 ON glue_partitions (account, region, table_id, k6, values_key) WHERE k6 != '';
CREATE INDEX glue_partitions_k7 ON glue_partitions (account, region, table_id, k7, values_key) WHERE k7 != '';
CREATE INDEX glue_partitions_keys ON glue_partitions (account, region, table_id, k0, k1, k2, k3, k4, k5, k6, k7, slot);
CREATE INDEX glue_partitions_misfits ON glue_partitions (account, region, table_id) WHERE misfits != 0;

-- glue_quality_results 1
-- on sqlite
CREATE TABLE glue_quality_results (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  job TEXT NOT NULL,
  run_id TEXT NOT NULL,
  context TEXT NOT NULL,
  source TEXT NOT NULL,
  body TEXT NOT NULL,
  started FLOAT NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX glue_quality_results_history ON glue_quality_results (account, region, job, context, sequence);
CREATE INDEX glue_quality_results_sequence ON glue_quality_results (account, region, sequence);
-- on postgresql
CREATE TABLE glue_quality_results (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  sequence INTEGER NOT NULL,
  job TEXT COLLATE "C" NOT NULL,
  run_id TEXT COLLATE "C" NOT NULL,
  context TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  started FLOAT NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX glue_quality_results_history ON glue_quality_results (account, region, job, context, sequence);
CREATE INDEX glue_quality_results_sequence ON glue_quality_results (account, region, sequence);

-- glue_quality_rulesets 1
-- on sqlite
CREATE TABLE glue_quality_rulesets (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  rules INTEGER NOT NULL,
  created FLOAT NOT NULL,
  modified FLOAT NOT NULL,
  PRIMARY KEY (account, region, name)
);
-- on postgresql
CREATE TABLE glue_quality_rulesets (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  rules INTEGER NOT NULL,
  created FLOAT NOT NULL,
  modified FLOAT NOT NULL,
  PRIMARY KEY (account, region, name)
);

-- glue_quality_runs 1
-- on sqlite
CREATE TABLE glue_quality_runs (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  token TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  source TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  started FLOAT NOT NULL,
  began FLOAT,
  modified FLOAT NOT NULL,
  completed FLOAT,
  PRIMARY KEY (account, region, id),
  CONSTRAINT glue_quality_runs_token UNIQUE (account, region, kind, token)
);
CREATE INDEX glue_quality_runs_sequence ON glue_quality_runs (account, region, kind, sequence);
-- on postgresql
CREATE TABLE glue_quality_runs (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL,
  token TEXT COLLATE "C" NOT NULL,
  sequence INTEGER NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  started FLOAT NOT NULL,
  began FLOAT,
  modified FLOAT NOT NULL,
  completed FLOAT,
  PRIMARY KEY (account, region, id),
  CONSTRAINT glue_quality_runs_token UNIQUE (account, region, kind, token)
);
CREATE INDEX glue_quality_runs_sequence ON glue_quality_runs (account, region, kind, sequence);

-- glue_resource_policies 1
-- on sqlite
CREATE TABLE glue_resource_policies (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL,
  policy TEXT NOT NULL,
  hash TEXT NOT NULL,
  hybrid TEXT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (account, region, arn)
);
-- on postgresql
CREATE TABLE glue_resource_policies (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT COLLATE "C" NOT NULL,
  policy TEXT NOT NULL,
  hash TEXT NOT NULL,
  hybrid TEXT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (account, region, arn)
);

-- glue_session_statements 1
-- on sqlite
CREATE TABLE glue_session_statements (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  run TEXT NOT NULL,
  id INTEGER NOT NULL,
  state TEXT NOT NULL,
  code TEXT NOT NULL,
  output TEXT NOT NULL,
  started FLOAT,
  completed FLOAT,
  PRIMARY KEY (account, region, run, id)
);
CREATE INDEX glue_session_statements_state ON glue_session_statements (account, region, run, state);
-- on postgresql
CREATE TABLE glue_session_statements (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  run TEXT NOT NULL,
  id INTEGER NOT NULL,
  state TEXT NOT NULL,
  code TEXT NOT NULL,
  output TEXT NOT NULL,
  started FLOAT,
  completed FLOAT,
  PRIMARY KEY (account, region, run, id)
);
CREATE INDEX glue_session_statements_state ON glue_session_statements (account, region, run, state);

-- glue_sessions 1
-- on sqlite
CREATE TABLE glue_sessions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  run TEXT NOT NULL,
  status TEXT NOT NULL,
  body TEXT NOT NULL,
  created FLOAT NOT NULL,
  began FLOAT,
  completed FLOAT,
  statements INTEGER NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX glue_sessions_run ON glue_sessions (account, region, run);
-- on postgresql
CREATE TABLE glue_sessions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  run TEXT NOT NULL,
  status TEXT NOT NULL,
  body TEXT NOT NULL,
  created FLOAT NOT NULL,
  began FLOAT,
  completed FLOAT,
  statements INTEGER NOT NULL,
  PRIMARY KEY (account, region, id)
);
CREATE INDEX glue_sessions_run ON glue_sessions (account, region, run);

-- glue_table_versions 1
-- on sqlite
CREATE TABLE glue_table_versions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  table_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (account, region, table_id, version)
);
-- on postgresql
CREATE TABLE glue_table_versions (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  table_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (account, region, table_id, version)
);

-- glue_tables 1
-- on sqlite
CREATE TABLE glue_tables (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  catalog TEXT NOT NULL,
  "database" TEXT NOT NULL,
  name TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (account, region, catalog, "database", name)
);
CREATE INDEX glue_tables_id ON glue_tables (account, region, id);
-- on postgresql
CREATE TABLE glue_tables (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  catalog TEXT NOT NULL,
  database TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (account, region, catalog, database, name)
);
CREATE INDEX glue_tables_id ON glue_tables (account, region, id);

-- glue_tags 1
-- on sqlite
CREATE TABLE glue_tags (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT NOT NULL,
  tag TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, region, arn, tag)
);
-- on postgresql
CREATE TABLE glue_tags (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  arn TEXT COLLATE "C" NOT NULL,
  tag TEXT COLLATE "C" NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account, region, arn, tag)
);
