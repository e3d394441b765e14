-- iam_attachments 1
-- on sqlite
CREATE TABLE iam_attachments (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  name_key TEXT NOT NULL,
  policy_arn TEXT NOT NULL,
  PRIMARY KEY (account, kind, name_key, policy_arn)
);
-- on postgresql
CREATE TABLE iam_attachments (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  policy_arn TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (account, kind, name_key, policy_arn)
);

-- iam_entities 1
-- on sqlite
CREATE TABLE iam_entities (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  name_key TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  id TEXT NOT NULL,
  arn TEXT NOT NULL,
  body TEXT NOT NULL,
  tags TEXT NOT NULL,
  created FLOAT NOT NULL,
  PRIMARY KEY (account, kind, name_key)
);
-- on postgresql
CREATE TABLE iam_entities (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  path TEXT COLLATE "C" NOT NULL,
  id TEXT NOT NULL,
  arn TEXT NOT NULL,
  body TEXT NOT NULL,
  tags TEXT NOT NULL,
  created FLOAT NOT NULL,
  PRIMARY KEY (account, kind, name_key)
);

-- iam_inline_policies 1
-- on sqlite
CREATE TABLE iam_inline_policies (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  name_key TEXT NOT NULL,
  policy TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account, kind, name_key, policy)
);
-- on postgresql
CREATE TABLE iam_inline_policies (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  policy TEXT COLLATE "C" NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account, kind, name_key, policy)
);

-- iam_members 1
-- on sqlite
CREATE TABLE iam_members (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  name_key TEXT NOT NULL,
  member_key TEXT NOT NULL,
  PRIMARY KEY (account, kind, name_key, member_key)
);
-- on postgresql
CREATE TABLE iam_members (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  member_key TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (account, kind, name_key, member_key)
);

-- iam_policy_versions 1
-- on sqlite
CREATE TABLE iam_policy_versions (
  account TEXT NOT NULL,
  name_key TEXT NOT NULL,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  is_default BOOLEAN NOT NULL,
  created FLOAT NOT NULL,
  PRIMARY KEY (account, name_key, version)
);
-- on postgresql
CREATE TABLE iam_policy_versions (
  account TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  is_default BOOLEAN NOT NULL,
  created FLOAT NOT NULL,
  PRIMARY KEY (account, name_key, version)
);
