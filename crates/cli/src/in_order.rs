//! Work on many items on all processors, with the results in the order of the items and not more of
//! them waiting than memory should hold.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// Items that a thread takes at once: enough to make taking them cheap.
const CHUNK: usize = 32;
/// Chunks that may be worked on or wait for an earlier one.
const WINDOW: usize = 32;

/// Calls `work` for each item on several threads, and `receive` with the results, in order, on this one.
pub(crate) fn in_order<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync, mut receive: impl FnMut(T)) {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(items.len().div_ceil(CHUNK));
    if threads < 2 {
        return items.iter().for_each(|item| receive(work(item)));
    }
    let chunks: Vec<&[I]> = items.chunks(CHUNK).collect();
    let progress = Mutex::new(Progress { next: 0, received: 0 });
    let moved_on = Condvar::new();
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            scope.spawn(|| {
                let sender = sender;
                while let Some(number) = take(&progress, &moved_on, chunks.len()) {
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

struct Progress {
    /// The first chunk that nobody works on.
    next: usize,
    /// So many chunks were received in order.
    received: usize,
}

/// The number of a chunk to work on, as soon as there is room for its results.
fn take(progress: &Mutex<Progress>, moved_on: &Condvar, chunks: usize) -> Option<usize> {
    let guard = progress.lock().unwrap_or_else(PoisonError::into_inner);
    let full = |progress: &mut Progress| progress.next < chunks && progress.next >= progress.received + WINDOW;
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
            (0..if item.is_multiple_of(CHUNK) { 50_000 } else { 1 }).fold(*item, |sum, _| sum.max(*item))
        };
        in_order(&items, work, |item| received.push(item));
        assert_eq!(received, items);
    }

    #[test]
    fn nobody_runs_ahead_of_a_slow_first_item() {
        let items: Vec<usize> = (0..CHUNK * WINDOW * 4).collect();
        let (done, furthest) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |item: &usize| {
            done.fetch_add(1, Ordering::SeqCst);
            if *item == 0 {
                // Until the others have done all that they may do.
                while thread::available_parallelism().map_or(1, usize::from) > 1
                    && done.load(Ordering::SeqCst) < CHUNK * (WINDOW - 1)
                {
                    thread::yield_now();
                }
                furthest.store(done.load(Ordering::SeqCst), Ordering::SeqCst);
            }
        };
        in_order(&items, work, |()| {});
        assert!(furthest.load(Ordering::SeqCst) <= CHUNK * WINDOW, "{furthest:?}");
    }

    #[test]
    fn few_items_and_none() {
        let mut received = Vec::new();
        in_order(&[1, 2, 3], |item| item * 2, |item| received.push(item));
        assert_eq!(received, [2, 4, 6]);
        in_order(&[], |item: &i32| *item, |_| unreachable!());
    }
}
