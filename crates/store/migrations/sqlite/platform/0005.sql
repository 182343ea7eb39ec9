-- From when each version is in force, apart from its texts: every act asks.

CREATE INDEX publication_since ON publication (since, number, policy);
