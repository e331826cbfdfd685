/*
 * Fails one chosen write or sync of a file. Loaded into a server with LD_PRELOAD.
 *
 * The file that the environment variable IO_FAULT names says which: "CALL SUFFIX ERROR N", such as "sync .db-wal 5 3" for
 * EIO (5) at the third fsync or fdatasync of a file whose name ends in .db-wal. CALL is "write", "sync" or "torn": the
 * first half of such a write is written. The call that fails removes the file, so whoever created it can see that.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *path;
static char seen[128];
static long calls;

__attribute__((constructor)) static void begin(void) { path = getenv("IO_FAULT"); }

static int has_suffix(int fd, const char *suffix) {
  char link[64], name[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, name, sizeof name - 1);
  if (length < (ssize_t)strlen(suffix)) return 0;
  name[length] = 0;
  return strcmp(name + length - strlen(suffix), suffix) == 0;
}

/** The error with which this call must fail, or 0. Sets is_torn if half of the write must be done first. */
static int fault_of(const char *call, int fd, int *is_torn) {
  char text[128] = {0}, wanted[16], suffix[32];
  int error;
  long at;
  int saved = errno;
  int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  errno = saved;
  if (file < 0) return 0;
  ssize_t length = pread(file, text, sizeof text - 1, 0);
  close(file);
  if (length <= 0 || sscanf(text, "%15s %31s %d %ld", wanted, suffix, &error, &at) != 4) return 0;
  if (strcmp(text, seen) != 0) {
    strcpy(seen, text);
    calls = 0;
  }
  *is_torn = strcmp(wanted, "torn") == 0;
  if (strcmp(*is_torn ? "write" : wanted, call) != 0 || !has_suffix(fd, suffix)) return 0;
  if (++calls != at) return 0;
  unlink(path);
  seen[0] = 0;
  return error;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define WRITE(name, parameters, torn, arguments)                 \
  ssize_t name parameters {                                      \
    int is_torn = 0;                                             \
    int error = fault_of("write", fd, &is_torn);                 \
    if (error == 0) return REAL(name) arguments;                 \
    if (is_torn && REAL(name) torn < 0) return -1;               \
    errno = error;                                               \
    return -1;                                                   \
  }

WRITE(write, (int fd, const void *bytes, size_t size), (fd, bytes, size / 2), (fd, bytes, size))
WRITE(pwrite, (int fd, const void *bytes, size_t size, off_t at), (fd, bytes, size / 2, at), (fd, bytes, size, at))
WRITE(pwrite64, (int fd, const void *bytes, size_t size, off64_t at), (fd, bytes, size / 2, at), (fd, bytes, size, at))

#define SYNC(name)                               \
  int name(int fd) {                             \
    int is_torn = 0;                             \
    int error = fault_of("sync", fd, &is_torn);  \
    if (error == 0) return REAL(name)(fd);       \
    errno = error;                               \
    return -1;                                   \
  }

SYNC(fsync)
SYNC(fdatasync)
