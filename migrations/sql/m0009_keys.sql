-- Who made a key: the identifier of an operator's key, or 'command line'; NULL when that was not recorded.
ALTER TABLE access_key ADD COLUMN made_by TEXT;
-- The key whose place it took by rotation.
ALTER TABLE access_key ADD COLUMN rotated_from TEXT;
-- The hour in which it was used last, in milliseconds since 1970; NULL: never, or not since this column exists.
ALTER TABLE access_key ADD COLUMN used_at INTEGER;

UPDATE access_key SET made_by =
  (SELECT key_id FROM audit WHERE what = 'key.create' AND detail = access_key.id ORDER BY audit.id LIMIT 1);
