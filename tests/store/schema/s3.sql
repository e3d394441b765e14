-- s3_buckets 1
-- on sqlite
CREATE TABLE s3_buckets (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  created BIGINT NOT NULL,
  versioning TEXT NOT NULL,
  events SMALLINT NOT NULL,
  locks SMALLINT NOT NULL,
  encryption TEXT,
  PRIMARY KEY (account, region, name),
  CONSTRAINT s3_buckets_name UNIQUE (name)
);
-- on postgresql
CREATE TABLE s3_buckets (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  versioning TEXT NOT NULL,
  events SMALLINT NOT NULL,
  locks SMALLINT NOT NULL,
  encryption TEXT,
  PRIMARY KEY (account, region, name),
  CONSTRAINT s3_buckets_name UNIQUE (name)
);

-- s3_configurations 1
-- on sqlite
CREATE TABLE s3_configurations (
  bucket TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (bucket, kind, id)
);
-- on postgresql
CREATE TABLE s3_configurations (
  bucket TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (bucket, kind, id)
);

-- s3_garbage 1
-- on sqlite
CREATE TABLE s3_garbage (
  number INTEGER NOT NULL,
  blob TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (number)
);
-- on postgresql
CREATE TABLE s3_garbage (
  number SERIAL NOT NULL,
  blob TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (number)
);

-- s3_inline 1
-- on sqlite
CREATE TABLE s3_inline (
  id TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (id)
);
-- on postgresql
CREATE TABLE s3_inline (
  id TEXT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (id)
);

-- s3_objects 1
-- on sqlite
CREATE TABLE s3_objects (
  bucket TEXT NOT NULL,
  "key" TEXT NOT NULL,
  rank BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  version_id TEXT NOT NULL,
  delete_marker SMALLINT NOT NULL,
  blob TEXT,
  size BIGINT NOT NULL,
  etag TEXT NOT NULL,
  modified BIGINT NOT NULL,
  parts INTEGER NOT NULL,
  storage_class TEXT NOT NULL,
  checksums TEXT NOT NULL,
  headers TEXT NOT NULL,
  tags TEXT,
  acl TEXT,
  lock TEXT,
  PRIMARY KEY (bucket, "key", rank)
);
CREATE INDEX s3_objects_blob ON s3_objects (blob);
CREATE INDEX s3_objects_listed ON s3_objects (bucket, "key") WHERE rank = 0 AND delete_marker = 0;
-- on postgresql
CREATE TABLE s3_objects (
  bucket TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  rank BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  version_id TEXT NOT NULL,
  delete_marker SMALLINT NOT NULL,
  blob TEXT,
  size BIGINT NOT NULL,
  etag TEXT NOT NULL,
  modified BIGINT NOT NULL,
  parts INTEGER NOT NULL,
  storage_class TEXT NOT NULL,
  checksums TEXT NOT NULL,
  headers TEXT NOT NULL,
  tags TEXT,
  acl TEXT,
  lock TEXT,
  PRIMARY KEY (bucket, key, rank)
);
CREATE INDEX s3_objects_blob ON s3_objects (blob);
CREATE INDEX s3_objects_listed ON s3_objects (bucket, key) WHERE rank = 0 AND delete_marker = 0;

-- s3_parts 1
-- on sqlite
CREATE TABLE s3_parts (
  upload_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  blob TEXT,
  size BIGINT NOT NULL,
  etag TEXT NOT NULL,
  modified BIGINT NOT NULL,
  checksums TEXT NOT NULL,
  PRIMARY KEY (upload_id, number)
);
CREATE INDEX s3_parts_blob ON s3_parts (blob);
-- on postgresql
CREATE TABLE s3_parts (
  upload_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  blob TEXT,
  size BIGINT NOT NULL,
  etag TEXT NOT NULL,
  modified BIGINT NOT NULL,
  checksums TEXT NOT NULL,
  PRIMARY KEY (upload_id, number)
);
CREATE INDEX s3_parts_blob ON s3_parts (blob);

-- s3_uploads 1
-- on sqlite
CREATE TABLE s3_uploads (
  bucket TEXT NOT NULL,
  "key" TEXT NOT NULL,
  upload_id TEXT NOT NULL,
  initiated BIGINT NOT NULL,
  initiator TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  checksum_type TEXT NOT NULL,
  storage_class TEXT NOT NULL,
  headers TEXT NOT NULL,
  tags TEXT,
  acl TEXT,
  lock TEXT,
  PRIMARY KEY (bucket, "key", upload_id)
);
-- on postgresql
CREATE TABLE s3_uploads (
  bucket TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  upload_id TEXT NOT NULL,
  initiated BIGINT NOT NULL,
  initiator TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  checksum_type TEXT NOT NULL,
  storage_class TEXT NOT NULL,
  headers TEXT NOT NULL,
  tags TEXT,
  acl TEXT,
  lock TEXT,
  PRIMARY KEY (bucket, key, upload_id)
);
