-- What each agency has stored on the newest day on which it stored something, and each key for migrations in its life.
CREATE TABLE byte_use (
  -- An agency's code, or 'key:' and the identifier of a key.
  budget TEXT NOT NULL PRIMARY KEY,
  -- Day in Jakarta, counted from 1970-01-01.
  day INTEGER NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  -- What the disk had left when the first write of that day came.
  room_bytes INTEGER NOT NULL CHECK (room_bytes >= 0)
) STRICT, WITHOUT ROWID;

-- What a key for migrations may store in its life; NULL for any other.
ALTER TABLE access_key ADD COLUMN bytes_max INTEGER;
