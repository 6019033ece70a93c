/* SPDX-License-Identifier: MIT */
/*
 * block=io: waits for input, output, time, other processes and signals. A call counts if the thread
 * gave up its CPU in it, which most do not. It sees only the program's own calls: stdio reads and
 * writes by internal functions of libc, which cannot be interposed.
 */
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "block_wait.h"
#include "runtime/interposers/charge_library.h"

/* NOLINTBEGIN(bugprone-macro-parentheses): names and lists of arguments */
#define IO(type, name, parameters, arguments)                                                      \
    VISIBLE type name parameters {                                                                 \
        static __typeof__(name) *real;                                                             \
        if (UNLIKELY(real == NULL))                                                                \
            charge_library_next(&real, #name);                                                     \
        if (!block_io)                                                                             \
            return real arguments;                                                                 \
        const struct wait begun __attribute__((cleanup(block_io_end), unused)) =                   \
            block_io_begin((uintptr_t)name, CALL_SITE());                                          \
        return real arguments;                                                                     \
    }

/* --- files ------------------------------------------------------------------------------------ */

IO(ssize_t, read, (int fd, void *buffer, size_t size), (fd, buffer, size))
IO(ssize_t, write, (int fd, const void *buffer, size_t size), (fd, buffer, size))
IO(ssize_t, readv, (int fd, const struct iovec *parts, int count), (fd, parts, count))
IO(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
IO(ssize_t, pread, (int fd, void *buffer, size_t size, off_t offset), (fd, buffer, size, offset))
IO(ssize_t, pread64, (int fd, void *buffer, size_t size, off64_t offset),
   (fd, buffer, size, offset))
IO(ssize_t, pwrite, (int fd, const void *buffer, size_t size, off_t offset),
   (fd, buffer, size, offset))
IO(ssize_t, pwrite64, (int fd, const void *buffer, size_t size, off64_t offset),
   (fd, buffer, size, offset))
IO(int, fsync, (int fd), (fd))
IO(int, fdatasync, (int fd), (fd))
IO(int, flock, (int fd, int operation), (fd, operation))
IO(ssize_t, sendfile, (int out, int in, off_t *offset, size_t count), (out, in, offset, count))
IO(ssize_t, sendfile64, (int out, int in, off64_t *offset, size_t count), (out, in, offset, count))

/* -D_FORTIFY_SOURCE calls these instead. */
ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t __pread_chk(int, void *, size_t, off_t, size_t);
ssize_t __pread64_chk(int, void *, size_t, off64_t, size_t);
ssize_t __recv_chk(int, void *, size_t, size_t, int);
ssize_t __recvfrom_chk(int, void *, size_t, size_t, int, __SOCKADDR_ARG, socklen_t *);
int __poll_chk(struct pollfd *, nfds_t, int, size_t);
int __ppoll_chk(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *, size_t);
IO(ssize_t, __read_chk, (int fd, void *buffer, size_t size, size_t room), (fd, buffer, size, room))
IO(ssize_t, __pread_chk, (int fd, void *buffer, size_t size, off_t offset, size_t room),
   (fd, buffer, size, offset, room))
IO(ssize_t, __pread64_chk, (int fd, void *buffer, size_t size, off64_t offset, size_t room),
   (fd, buffer, size, offset, room))
IO(ssize_t, __recv_chk, (int fd, void *buffer, size_t size, size_t room, int flags),
   (fd, buffer, size, room, flags))
IO(ssize_t, __recvfrom_chk,
   (int fd, void *buffer, size_t size, size_t room, int flags, __SOCKADDR_ARG from,
    socklen_t *length),
   (fd, buffer, size, room, flags, from, length))
IO(int, __poll_chk, (struct pollfd * fds, nfds_t count, int timeout, size_t room),
   (fds, count, timeout, room))
IO(int, __ppoll_chk,
   (struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
    size_t room),
   (fds, count, timeout, mask, room))

/* --- sockets ---------------------------------------------------------------------------------- */

IO(ssize_t, recv, (int fd, void *buffer, size_t size, int flags), (fd, buffer, size, flags))
IO(ssize_t, recvfrom,
   (int fd, void *restrict buffer, size_t size, int flags, __SOCKADDR_ARG from,
    socklen_t *restrict length),
   (fd, buffer, size, flags, from, length))
IO(ssize_t, recvmsg, (int fd, struct msghdr *message, int flags), (fd, message, flags))
IO(ssize_t, send, (int fd, const void *buffer, size_t size, int flags), (fd, buffer, size, flags))
IO(ssize_t, sendto,
   (int fd, const void *buffer, size_t size, int flags, __CONST_SOCKADDR_ARG to, socklen_t length),
   (fd, buffer, size, flags, to, length))
IO(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
IO(int, accept, (int fd, __SOCKADDR_ARG from, socklen_t *restrict length), (fd, from, length))
IO(int, accept4, (int fd, __SOCKADDR_ARG from, socklen_t *restrict length, int flags),
   (fd, from, length, flags))
IO(int, connect, (int fd, __CONST_SOCKADDR_ARG to, socklen_t length), (fd, to, length))

/* --- readiness -------------------------------------------------------------------------------- */

IO(int, poll, (struct pollfd * fds, nfds_t count, int timeout), (fds, count, timeout))
IO(int, ppoll,
   (struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask),
   (fds, count, timeout, mask))
IO(int, select,
   (int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict errors,
    struct timeval *restrict timeout),
   (count, in, out, errors, timeout))
IO(int, pselect,
   (int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict errors,
    const struct timespec *restrict timeout, const sigset_t *restrict mask),
   (count, in, out, errors, timeout, mask))
IO(int, epoll_wait, (int fd, struct epoll_event *events, int count, int timeout),
   (fd, events, count, timeout))
IO(int, epoll_pwait,
   (int fd, struct epoll_event *events, int count, int timeout, const sigset_t *mask),
   (fd, events, count, timeout, mask))

/* --- time, signals, processes ----------------------------------------------------------------- */

IO(int, nanosleep, (const struct timespec *time, struct timespec *left), (time, left))
IO(int, clock_nanosleep,
   (clockid_t clock, int flags, const struct timespec *time, struct timespec *left),
   (clock, flags, time, left))
IO(int, usleep, (useconds_t time), (time))
IO(unsigned, sleep, (unsigned time), (time))
IO(int, pause, (void), ())
IO(int, sigsuspend, (const sigset_t *mask), (mask))
IO(int, sigwait, (const sigset_t *restrict set, int *restrict number), (set, number))
IO(int, sigwaitinfo, (const sigset_t *restrict set, siginfo_t *restrict info), (set, info))
IO(int, sigtimedwait,
   (const sigset_t *restrict set, siginfo_t *restrict info,
    const struct timespec *restrict timeout),
   (set, info, timeout))
IO(pid_t, wait, (int *status), (status))
IO(pid_t, waitpid, (pid_t pid, int *status, int options), (pid, status, options))
IO(pid_t, wait4, (pid_t pid, int *status, int options, struct rusage *usage),
   (pid, status, options, usage))
IO(int, waitid, (idtype_t type, id_t id, siginfo_t *info, int options), (type, id, info, options))
/* NOLINTEND(bugprone-macro-parentheses) */
