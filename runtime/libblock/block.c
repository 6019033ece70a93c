/* SPDX-License-Identifier: MIT */
/*
 * libcinstr_block.so.0: block= and mutex=. Interposes libc's locks, condition variables,
 * semaphores, barriers and joins. A free lock costs a test and libc's own try; only a lock that is
 * not free is timed. What libc locks internally (stdio) is not seen.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <threads.h>
#include <time.h>

#include "block_holders.h"
#include "block_wait.h"
#include "runtime/interposers/charge_library.h"

/* libc's function of that name, looked up when it is first needed. */
#define NEXT(name)                                                                                 \
    static __typeof__(name) *real_##name;                                                          \
    if (UNLIKELY(real_##name == NULL))                                                             \
    charge_library_next(&real_##name, #name)

/* --- locks ------------------------------------------------------------------------------------ */

/* Waits for a lock that was not free. */
struct lock_wait {
    struct wait wait;
    const void *lock;
    bool is_followed;
};

static struct lock_wait lock_wait_begin(const void *lock, uintptr_t function, uintptr_t call_site) {
    struct lock_wait wait = {block_wait_begin(function, call_site), lock, false};
    wait.is_followed = block_holders && block_holders_wait(lock, wait.wait.start_ns);
    return wait;
}

static void lock_wait_end(const struct lock_wait *wait) {
    const int saved_errno = errno;
    const uint64_t end = block_now();
    const uint32_t node = block_node(wait->wait.function, wait->wait.call_site);
    block_charge(node, end - wait->wait.start_ns);
    block_trace(&wait->wait, node);
    if (wait->is_followed)
        block_holders_got(wait->lock, wait->wait.start_ns, end, node);
    errno = saved_errno;
}

static inline void release(const void *lock, uintptr_t function, uintptr_t call_site) {
    if (UNLIKELY(block_holders) && UNLIKELY(block_holders_any(lock)))
        block_holders_release(lock, block_node(function, call_site), block_now());
}

/* NOLINTBEGIN(bugprone-macro-parentheses): names and lists of arguments */
/* Defines a function that takes a lock. `trial` is the function that tries to take it, and returns
 * `busy` where it cannot. */
#define LOCK(name, trial, busy, parameters, arguments)                                             \
    VISIBLE int name parameters {                                                                  \
        NEXT(name);                                                                                \
        NEXT(trial);                                                                               \
        if (!block_waits)                                                                          \
            return real_##name arguments;                                                          \
        const int result = real_##trial(lock);                                                     \
        if (LIKELY(result != (busy)))                                                              \
            return result;                                                                         \
        const struct lock_wait wait __attribute__((cleanup(lock_wait_end), unused)) =              \
            lock_wait_begin(lock, (uintptr_t)name, CALL_SITE());                                   \
        return real_##name arguments;                                                              \
    }

#define UNLOCK(name, type)                                                                         \
    VISIBLE int name(type *lock) {                                                                 \
        NEXT(name);                                                                                \
        release(lock, (uintptr_t)name, CALL_SITE());                                               \
        return real_##name(lock);                                                                  \
    }

LOCK(pthread_mutex_lock, pthread_mutex_trylock, EBUSY, (pthread_mutex_t * lock), (lock))
LOCK(pthread_mutex_timedlock, pthread_mutex_trylock, EBUSY,
     (pthread_mutex_t *restrict lock, const struct timespec *restrict until), (lock, until))
LOCK(pthread_mutex_clocklock, pthread_mutex_trylock, EBUSY,
     (pthread_mutex_t *restrict lock, clockid_t clock, const struct timespec *restrict until),
     (lock, clock, until))
UNLOCK(pthread_mutex_unlock, pthread_mutex_t)
LOCK(pthread_rwlock_rdlock, pthread_rwlock_tryrdlock, EBUSY, (pthread_rwlock_t * lock), (lock))
LOCK(pthread_rwlock_wrlock, pthread_rwlock_trywrlock, EBUSY, (pthread_rwlock_t * lock), (lock))
LOCK(pthread_rwlock_timedrdlock, pthread_rwlock_tryrdlock, EBUSY,
     (pthread_rwlock_t *restrict lock, const struct timespec *restrict until), (lock, until))
LOCK(pthread_rwlock_timedwrlock, pthread_rwlock_trywrlock, EBUSY,
     (pthread_rwlock_t *restrict lock, const struct timespec *restrict until), (lock, until))
UNLOCK(pthread_rwlock_unlock, pthread_rwlock_t)
LOCK(mtx_lock, mtx_trylock, thrd_busy, (mtx_t * lock), (lock))
LOCK(mtx_timedlock, mtx_trylock, thrd_busy,
     (mtx_t *restrict lock, const struct timespec *restrict until), (lock, until))
UNLOCK(mtx_unlock, mtx_t)

/* --- conditions, barriers --------------------------------------------------------------------- */

#define WAIT(name, parameters, arguments)                                                          \
    VISIBLE int name parameters {                                                                  \
        NEXT(name);                                                                                \
        if (!block_waits)                                                                          \
            return real_##name arguments;                                                          \
        const struct wait wait __attribute__((cleanup(block_wait_end), unused)) =                  \
            block_wait_begin((uintptr_t)name, CALL_SITE());                                        \
        return real_##name arguments;                                                              \
    }

/* These release the lock, and have it again when they return. */
#define WAIT_UNLOCKED(name, parameters, arguments)                                                 \
    VISIBLE int name parameters {                                                                  \
        NEXT(name);                                                                                \
        if (!block_waits)                                                                          \
            return real_##name arguments;                                                          \
        release(lock, (uintptr_t)name, CALL_SITE());                                               \
        const struct wait wait __attribute__((cleanup(block_wait_end), unused)) =                  \
            block_wait_begin((uintptr_t)name, CALL_SITE());                                        \
        return real_##name arguments;                                                              \
    }

WAIT_UNLOCKED(pthread_cond_wait,
              (pthread_cond_t *restrict condition, pthread_mutex_t *restrict lock),
              (condition, lock))
WAIT_UNLOCKED(pthread_cond_timedwait,
              (pthread_cond_t *restrict condition, pthread_mutex_t *restrict lock,
               const struct timespec *restrict until),
              (condition, lock, until))
WAIT_UNLOCKED(pthread_cond_clockwait,
              (pthread_cond_t *restrict condition, pthread_mutex_t *restrict lock, clockid_t clock,
               const struct timespec *restrict until),
              (condition, lock, clock, until))
WAIT_UNLOCKED(cnd_wait, (cnd_t * condition, mtx_t *lock), (condition, lock))
WAIT_UNLOCKED(cnd_timedwait,
              (cnd_t *restrict condition, mtx_t *restrict lock,
               const struct timespec *restrict until),
              (condition, lock, until))
WAIT(pthread_barrier_wait, (pthread_barrier_t * barrier), (barrier))

/* --- semaphores, joins ------------------------------------------------------------------------ */

/* If it is available at once there is no wait; but the thread may still be cancelled. */
#define WAIT_UNLESS(attempt, name, parameters, arguments)                                          \
    VISIBLE int name parameters {                                                                  \
        NEXT(name);                                                                                \
        if (!block_waits)                                                                          \
            return real_##name arguments;                                                          \
        pthread_testcancel();                                                                      \
        if (LIKELY((attempt) == 0))                                                                \
            return 0;                                                                              \
        const struct wait wait __attribute__((cleanup(block_wait_end), unused)) =                  \
            block_wait_begin((uintptr_t)name, CALL_SITE());                                        \
        return real_##name arguments;                                                              \
    }

static int try_semaphore(sem_t *semaphore) {
    const int saved_errno = errno;
    const int result = sem_trywait(semaphore);
    errno = saved_errno;
    return result;
}

WAIT_UNLESS(try_semaphore(semaphore), sem_wait, (sem_t * semaphore), (semaphore))
WAIT_UNLESS(try_semaphore(semaphore), sem_timedwait,
            (sem_t *restrict semaphore, const struct timespec *restrict until), (semaphore, until))
WAIT_UNLESS(try_semaphore(semaphore), sem_clockwait,
            (sem_t *restrict semaphore, clockid_t clock, const struct timespec *restrict until),
            (semaphore, clock, until))
WAIT_UNLESS(pthread_tryjoin_np(thread, result), pthread_join, (pthread_t thread, void **result),
            (thread, result))
WAIT_UNLESS(pthread_tryjoin_np(thread, result), pthread_timedjoin_np,
            (pthread_t thread, void **result, const struct timespec *until),
            (thread, result, until))
WAIT(thrd_join, (thrd_t thread, int *result), (thread, result))
/* NOLINTEND(bugprone-macro-parentheses) */
