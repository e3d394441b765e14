-- outbox 1
-- on sqlite
CREATE TABLE outbox (
  number INTEGER NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  envelope TEXT NOT NULL,
  context TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  due FLOAT NOT NULL,
  PRIMARY KEY (number)
);
-- on postgresql
CREATE TABLE outbox (
  number SERIAL NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  envelope TEXT NOT NULL,
  context TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  due FLOAT NOT NULL,
  PRIMARY KEY (number)
);
