-- logs_chunks 1
-- on sqlite
CREATE TABLE logs_chunks (
  number INTEGER NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  group_name TEXT NOT NULL,
  stream TEXT NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  ingested BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  events BLOB NOT NULL,
  PRIMARY KEY (number)
);
CREATE INDEX logs_chunks_stream ON logs_chunks (account, region, group_name, stream, first);
CREATE INDEX logs_chunks_time ON logs_chunks (account, region, group_name, last);
-- on postgresql
CREATE TABLE logs_chunks (
  number SERIAL NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  group_name TEXT COLLATE "C" NOT NULL,
  stream TEXT COLLATE "C" NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  ingested BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  events BYTEA NOT NULL,
  PRIMARY KEY (number)
);
CREATE INDEX logs_chunks_stream ON logs_chunks (account, region, group_name, stream, first);
CREATE INDEX logs_chunks_time ON logs_chunks (account, region, group_name, last);

-- logs_groups 1
-- on sqlite
CREATE TABLE logs_groups (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  created BIGINT NOT NULL,
  retention INTEGER,
  body TEXT NOT NULL,
  tags TEXT NOT NULL,
  PRIMARY KEY (account, region, name)
);
-- on postgresql
CREATE TABLE logs_groups (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  retention INTEGER,
  body TEXT NOT NULL,
  tags TEXT NOT NULL,
  PRIMARY KEY (account, region, name)
);

-- logs_streams 1
-- on sqlite
CREATE TABLE logs_streams (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  group_name TEXT NOT NULL,
  name TEXT NOT NULL,
  created BIGINT NOT NULL,
  first_event BIGINT,
  last_event BIGINT,
  last_ingestion BIGINT,
  token INTEGER NOT NULL,
  PRIMARY KEY (account, region, group_name, name)
);
-- on postgresql
CREATE TABLE logs_streams (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  group_name TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  first_event BIGINT,
  last_event BIGINT,
  last_ingestion BIGINT,
  token INTEGER NOT NULL,
  PRIMARY KEY (account, region, group_name, name)
);
