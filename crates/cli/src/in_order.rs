//! Work on many items on all processors, with the results in the order of the items and not more of
//! them waiting than memory should hold.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// Items that a thread takes at once, at most: enough to make taking them, and waking who receives them, cheap.
const CHUNK: usize = 128;
/// And at least.
const SMALLEST_CHUNK: usize = 8;
/// So many chunks a thread may be worked on or wait for an earlier one.
const WINDOW: usize = 4;

/// Calls `work` for each item on several threads, and `receive` with the results, in order, on this one.
pub(crate) fn in_order<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync, mut receive: impl FnMut(T)) {
    let threads = processors().min(items.len().div_ceil(SMALLEST_CHUNK));
    if threads < 2 {
        return items.iter().for_each(|item| receive(work(item)));
    }
    let chunks: Vec<&[I]> = items.chunks(chunk(items.len(), threads)).collect();
    let window = WINDOW * threads;
    let progress = Mutex::new(Progress { next: 0, received: 0 });
    let moved_on = Condvar::new();
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            scope.spawn(|| {
                let sender = sender;
                while let Some(number) = take(&progress, &moved_on, chunks.len(), window) {
                    let result: Vec<T> = chunks[number].iter().map(&work).collect();
                    if sender.send((number, result)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for (number, result) in results {
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&next) {
                result.into_iter().for_each(&mut receive);
                next += 1;
            }
            progress.lock().unwrap_or_else(PoisonError::into_inner).received = next;
            moved_on.notify_all();
        }
    });
}

/// How many items a thread takes at once, so that at the end none waits long for another.
fn chunk(items: usize, threads: usize) -> usize {
    (items / (threads * 16)).clamp(SMALLEST_CHUNK, CHUNK)
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

struct Progress {
    /// The first chunk that nobody works on.
    next: usize,
    /// So many chunks were received in order.
    received: usize,
}

/// The number of a chunk to work on, as soon as there is room for its results.
fn take(progress: &Mutex<Progress>, moved_on: &Condvar, chunks: usize, window: usize) -> Option<usize> {
    let guard = progress.lock().unwrap_or_else(PoisonError::into_inner);
    let full = |progress: &mut Progress| progress.next < chunks && progress.next >= progress.received + window;
    let mut progress = moved_on.wait_while(guard, full).unwrap_or_else(PoisonError::into_inner);
    let number = progress.next;
    progress.next += 1;
    (number < chunks).then_some(number)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_order_whoever_is_first() {
        let items: Vec<usize> = (0..10_000).collect();
        let mut received = Vec::new();
        // The first of each chunk takes longest.
        let work = |item: &usize| {
            (0..if item.is_multiple_of(SMALLEST_CHUNK) { 5_000 } else { 1 }).fold(*item, |sum, _| sum.max(*item))
        };
        in_order(&items, work, |item| received.push(item));
        assert_eq!(received, items);
    }

    #[test]
    fn nobody_runs_ahead_of_a_slow_first_item() {
        let room = CHUNK * WINDOW * processors();
        let items: Vec<usize> = (0..room * 16).collect();
        let (done, furthest) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |item: &usize| {
            done.fetch_add(1, Ordering::SeqCst);
            if *item == 0 {
                // Until the others have done all that they may do.
                while processors() > 1 && done.load(Ordering::SeqCst) < room - CHUNK {
                    thread::yield_now();
                }
                furthest.store(done.load(Ordering::SeqCst), Ordering::SeqCst);
            }
        };
        in_order(&items, work, |()| {});
        assert!(furthest.load(Ordering::SeqCst) <= room, "{furthest:?}");
    }

    #[test]
    fn few_items_and_none() {
        let mut received = Vec::new();
        in_order(&[1, 2, 3], |item| item * 2, |item| received.push(item));
        assert_eq!(received, [2, 4, 6]);
        in_order(&[], |item: &i32| *item, |_| unreachable!());
    }
}
