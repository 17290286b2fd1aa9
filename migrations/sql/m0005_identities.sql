-- Identities of client certificates a key is bound to, one a line; none: the key needs no certificate.
ALTER TABLE access_key ADD COLUMN identities TEXT NOT NULL DEFAULT '';
