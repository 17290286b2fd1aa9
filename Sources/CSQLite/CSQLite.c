#define _GNU_SOURCE
#include "CSQLite.h"

#include <fcntl.h>
#include <sys/timex.h>
#include <sys/vfs.h>

int csqlite_begin_writing(int descriptor) { return sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE); }

int csqlite_clock_is_synchronised(void) {
  struct timex state = {0};
  if (adjtimex(&state) < 0) return -1;
  return (state.status & STA_UNSYNC) == 0;
}

long csqlite_file_system_type(const char *path) {
  struct statfs state;
  return statfs(path, &state) == 0 ? (long)(state.f_type & 0xFFFFFFFF) : -1;
}
