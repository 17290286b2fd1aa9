// Calls of the system SQLite that Swift cannot make: a variadic one, and a callback that must not allocate.
#ifndef NETRAL_CSQLITE_H
#define NETRAL_CSQLITE_H

#include <sqlite3.h>
#include <stdint.h>
#include <time.h>

/// Refuses ordinary SQL any way to corrupt the file (SQLITE_DBCONFIG_DEFENSIVE).
static inline int csqlite_enable_defensive(void *database) {
  return sqlite3_db_config((sqlite3 *)database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

/// Does without the statistics of SQLite's allocator, whose lock all connections share (SQLITE_CONFIG_MEMSTATUS).
/// Must come before the first connection.
static inline int csqlite_without_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/// Binds a copy of some bytes (SQLITE_TRANSIENT is a cast that Swift does not import).
static inline int csqlite_bind_copy(sqlite3_stmt *statement, int index, const void *bytes, int count) {
  return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

/// Binds a copy of a UTF-8 text.
static inline int csqlite_bind_text_copy(sqlite3_stmt *statement, int index, const char *bytes, int count) {
  return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline int64_t csqlite_monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int csqlite_past_deadline(void *deadline) {
  return csqlite_monotonic_nanoseconds() > *(int64_t *)deadline;
}

/// Interrupts a statement that still runs at `*deadline`; looks every 10,000 virtual machine steps.
static inline void csqlite_watch_deadline(void *database, int64_t *deadline) {
  sqlite3_progress_handler((sqlite3 *)database, 10000, csqlite_past_deadline, deadline);
}

#endif
