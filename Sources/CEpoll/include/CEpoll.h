#ifndef CEPOLL_H
#define CEPOLL_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/*
 * Swift's Glibc module has neither epoll, eventfd nor accept4; these shims hide the packed union too.
 * Socket headers stay out of this one: they would take the types in them away from the Glibc module.
 */

/* One readiness report: what happened, and the number the descriptor was registered with. */
struct cepoll_event {
  uint32_t events;
  uint64_t token;
};

static const uint32_t CEPOLL_IN = EPOLLIN;
static const uint32_t CEPOLL_OUT = EPOLLOUT;
static const uint32_t CEPOLL_ERR = EPOLLERR;
static const uint32_t CEPOLL_HUP = EPOLLHUP;
static const uint32_t CEPOLL_RDHUP = EPOLLRDHUP;
static const uint32_t CEPOLL_ET = EPOLLET;

static inline int cepoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int cepoll_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline int cepoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
  struct epoll_event event = {.events = events, .data = {.u64 = token}};
  return epoll_ctl(epoll, operation, descriptor, &event);
}

static inline int cepoll_add(int epoll, int descriptor, uint32_t events, uint64_t token) {
  return cepoll_control(epoll, EPOLL_CTL_ADD, descriptor, events, token);
}

static inline int cepoll_modify(int epoll, int descriptor, uint32_t events, uint64_t token) {
  return cepoll_control(epoll, EPOLL_CTL_MOD, descriptor, events, token);
}

#define CEPOLL_BATCH 256

/* Waits like epoll_wait; `out` has room for CEPOLL_BATCH reports. */
static inline int cepoll_wait(int epoll, struct cepoll_event *out, int timeout_milliseconds) {
  struct epoll_event events[CEPOLL_BATCH];
  int count = epoll_wait(epoll, events, CEPOLL_BATCH, timeout_milliseconds);
  for (int i = 0; i < count; i++) {
    out[i].events = events[i].events;
    out[i].token = events[i].data.u64;
  }
  return count;
}

/* How many bytes that a socket took to send its client has not acknowledged; negative on error. */
int cepoll_unacknowledged(int descriptor);

/* Opens a stream socket (TCP, or AF_UNIX) that does not block and that child processes do not inherit. */
int cepoll_socket(int family);

/* Accepts a connection likewise; `address` has room for `size` bytes, a struct sockaddr_storage. */
int cepoll_accept(int listener, void *address, unsigned size);

/* How many processors the process may run on, at least 1. */
int cepoll_processors(void);

/* Names the calling thread, at most 15 bytes. */
void cepoll_name_thread(const char *name);

#endif
