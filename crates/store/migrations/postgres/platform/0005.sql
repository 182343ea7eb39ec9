-- From when each version is in force, apart from its texts: every act asks.

CREATE INDEX publication_since ON publication (since, number, policy);
-- Of an erasure, when a webhook took it in: it must be shown that who was told of a person's data heard of its end. Other
-- deliveries go once they are taken in. What is given up has neither an instant at which it is due nor an answer.
ALTER TABLE delivery ADD COLUMN answered bigint;
CREATE INDEX delivery_dead ON delivery (webhook, number) WHERE due IS NULL AND answered IS NULL;
