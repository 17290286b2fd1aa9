// Calls that Swift cannot make: of the system SQLite a variadic one, and a callback that must not allocate; of Linux those
// that its module for libc lacks.
#ifndef NETRAL_CSQLITE_H
#define NETRAL_CSQLITE_H

#include <sqlite3.h>
#include <stdint.h>
#include <sys/random.h>
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

/// Lets the kernel begin to write a file's changed pages to the disk, without waiting for them (sync_file_range).
int csqlite_begin_writing(int descriptor);

/// 1 when a time server keeps the kernel's clock, 0 when none does, -1 when it cannot be told (adjtimex).
int csqlite_clock_is_synchronised(void);

/// The number of the file system a path lies on (statfs), or -1.
long csqlite_file_system_type(const char *path);

/// Draws up to 256 bytes that nobody can guess, with one call of the kernel; 0 when it has given them all (getentropy).
static inline int csqlite_draw_entropy(void *bytes, size_t count) { return getentropy(bytes, count); }

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
