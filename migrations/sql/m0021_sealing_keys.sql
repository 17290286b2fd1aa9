-- The public keys that seal the reporters of an agency's cases. One that has ended stays, and does not come back.
CREATE TABLE sealing_key (
  agency TEXT NOT NULL,
  key_id TEXT NOT NULL,
  public_key TEXT NOT NULL, -- X25519, 32 bytes in base64
  registered_at INTEGER NOT NULL,
  ended_at INTEGER, -- NULL: it is active
  PRIMARY KEY (agency, key_id)
) STRICT, WITHOUT ROWID;
