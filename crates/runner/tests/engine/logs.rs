//! Output, byte for byte.

use std::fs;

use task_api_core::spec::Direction;
use task_api_runner::{Engine, Error, LogOptions, Outcome, Surroundings};

use crate::{
    proxy::Proxy,
    support::{Bench, Output, mount, on_engine},
};

/// Not UTF-8, every byte value, and no newline at the end.
fn odd_bytes() -> Vec<u8> {
    (0..=255u8).cycle().take(100_000).chain(*b"the end").collect()
}

fn with_data(bench: &Bench, data: &[u8], script: &str) -> task_api_runner::Request {
    let dir = bench.dir.path().join("data");
    fs::create_dir_all(&dir).expect("created");
    fs::write(dir.join("file"), data).expect("written");
    let mut request = bench.request(&["sh", "-c", script]);
    request.spec.mounts = vec![mount(&dir, "/data", Direction::Input)];
    request
}

#[track_caller]
fn check_same(actual: &[u8], expected: &[u8]) {
    let first = actual.iter().zip(expected).position(|(a, b)| a != b);
    assert_eq!((actual.len(), first), (expected.len(), None), "length, and the first byte that differs");
}

#[test]
fn output_is_exact_and_told_apart() {
    on_engine(|bench| async move {
        let (_, output, run) =
            bench.run(with_data(&bench, &odd_bytes(), "cat /data/file; printf 'err\\377' >&2")).await;
        check_same(&output.out, &odd_bytes());
        assert_eq!(output.err, b"err\xff");
        let mut again = Output::default();
        bench.engine.logs(&run, &LogOptions::default(), &mut again).await.expect("logs");
        check_same(&again.out, &odd_bytes());
        assert_eq!(again.err, b"err\xff");
    });
}

#[test]
fn no_output_is_no_output() {
    on_engine(|bench| async move {
        let (outcome, output, _) = bench.run_command(&["true"]).await;
        assert_eq!((outcome, output.text()), (Outcome::Exited { code: 0 }, ("", "")));
    });
}

#[test]
fn a_line_of_20_megabytes_stays_one() {
    on_engine(|bench| async move {
        let line = (b'a'..=b'z').cycle().take(20_000_000);
        let short = b"short\n\n".iter().copied();
        // Also longer than the engine's pieces, and exactly as long as one and as two.
        let lengths = [16 * 1024, 16 * 1024 - 1, 32 * 1024, 20_000];
        let more = lengths.into_iter().flat_map(|length| std::iter::repeat_n(b'x', length).chain(*b"\n"));
        let data: Vec<u8> = short.chain(line).chain(*b"\n").chain(more).chain(*b"end\n").collect();
        let (_, output, run) = bench.run(with_data(&bench, &data, "cat /data/file; cat /data/file >&2")).await;
        check_same(&output.out, &data);
        check_same(&output.err, &data);
        let mut again = Output::default();
        bench.engine.logs(&run, &LogOptions::default(), &mut again).await.expect("logs");
        check_same(&again.out, &data);

        let unended: Vec<u8> = (b'a'..=b'z').cycle().take(50_000).collect();
        let (_, output, _) = bench.run(with_data(&bench, &unended, "cat /data/file")).await;
        check_same(&output.out, &unended);
    });
}

#[test]
fn following_survives_lost_connections() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let dir = tempfile::tempdir().expect("a directory");
    // Every connection that carries output is cut; what was read must not come again.
    let proxy = runtime.block_on(Proxy::listen(dir.path().join("cut.sock"), Some(150_000)));
    on_engine(|bench| async move {
        let lines: Vec<u8> = (0..40_000).flat_map(|line| format!("{line}\n").into_bytes()).chain(odd_bytes()).collect();
        let mut run = bench.start_request(with_data(&bench, &lines, "cat /data/file; exit 4")).await.run;
        let surroundings = Surroundings { docker_host: Some(proxy.address()), ..Surroundings::default() };
        let engine = Engine::connect(&surroundings).await.expect("connected through the proxy");
        let mut output = Output::default();
        let followed = engine.follow(&mut run, &LogOptions::following(), &mut output).await.expect("followed");
        assert_eq!(followed.outcome, Outcome::Exited { code: 4 });
        assert_eq!(followed.warnings, []);
        check_same(&output.out, &lines);
        assert!(proxy.cuts() > 3, "{} connections were cut", proxy.cuts());
    });
}

#[test]
fn reading_survives_lost_connections() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let dir = tempfile::tempdir().expect("a directory");
    let proxy = runtime.block_on(Proxy::listen(dir.path().join("cut.sock"), Some(150_000)));
    on_engine(|bench| async move {
        let surroundings = Surroundings { docker_host: Some(proxy.address()), ..Surroundings::default() };
        let engine = Engine::connect(&surroundings).await.expect("connected through the proxy");
        let short = (0..12_000).flat_map(|line| format!("{line}\n").into_bytes());
        // A line that comes in pieces is asked for again with times, and so is what follows.
        let long = (b'a'..=b'z').cycle().take(300_000).chain(*b"\n").chain(odd_bytes());
        for data in [short.clone().collect::<Vec<u8>>(), short.chain(long).collect()] {
            let (_, _, run) = bench.run(with_data(&bench, &data, "cat /data/file; cat /data/file >&2")).await;
            let before = proxy.cuts();
            let mut output = Output::default();
            let warnings = engine.logs(&run, &LogOptions::default(), &mut output).await.expect("logs");
            assert_eq!(warnings, []);
            check_same(&output.out, &data);
            check_same(&output.err, &data);
            assert!(proxy.cuts() > before, "no connection was cut");
        }
        let asked = proxy.requests();
        let asks = |how: &str| asked.iter().any(|request| request.contains("/logs?") && request.contains(how));
        assert!(asks("logs?stdout=true&stderr=true ") && asks("timestamps=true"), "{asked:?}");
    });
}

#[test]
fn the_last_lines_with_their_times() {
    on_engine(|bench| async move {
        let (_, _, run) = bench.run_command(&["sh", "-c", "echo 1; echo 2; echo 3"]).await;
        let mut options = LogOptions::default();
        options.tail = Some(2);
        let mut output = Output::default();
        bench.engine.logs(&run, &options, &mut output).await.expect("logs");
        assert_eq!(output.text().0, "2\n3\n");

        options.timestamps = true;
        let mut output = Output::default();
        bench.engine.logs(&run, &options, &mut output).await.expect("logs");
        let lines: Vec<(&str, &str)> = output.text().0.lines().filter_map(|line| line.split_once(' ')).collect();
        assert_eq!(lines.iter().map(|line| line.1).collect::<Vec<_>>(), ["2", "3"]);

        let mut options = LogOptions::default();
        options.since = Some(lines[1].0.parse().expect("a time"));
        let mut output = Output::default();
        bench.engine.logs(&run, &options, &mut output).await.expect("logs");
        assert_eq!(output.text().0, "3\n");
    });
}

#[test]
fn logs_that_follow_end_with_the_container_and_leave_the_record_alone() {
    on_engine(|bench| async move {
        let run = bench.start(&["sh", "-c", "echo one; sleep 0.2; echo two"]).await;
        let before = fs::read(run.path()).expect("the record");
        let mut output = Output::default();
        let warnings = bench.engine.logs(&run, &LogOptions::following(), &mut output).await.expect("logs");
        assert_eq!((output.text().0, warnings), ("one\ntwo\n", vec![]));
        assert_eq!(fs::read(run.path()).expect("the record"), before);
    });
}

#[test]
fn a_sink_that_fails_does_not_end_the_run() {
    struct Full;
    impl task_api_runner::LogSink for Full {
        async fn write(&mut self, _: task_api_runner::LogSource, _: &[u8]) -> std::io::Result<()> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        async fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    on_engine(|bench| async move {
        let mut run = bench.start(&["sh", "-c", "echo one; exit 9"]).await;
        let error =
            bench.engine.follow(&mut run, &LogOptions::following(), &mut Full).await.expect_err("a broken pipe");
        assert!(matches!(&error, Error::LogSink(error) if error.kind() == std::io::ErrorKind::BrokenPipe), "{error}");
        let waited = bench.engine.wait(&mut run).await.expect("waited");
        assert_eq!(waited.outcome, Outcome::Exited { code: 9 });
    });
}

#[test]
fn logs_of_a_removed_container_are_an_error() {
    on_engine(|bench| async move {
        let (_, _, mut run) = bench.run_command(&["true"]).await;
        bench.remove(&mut run).await;
        for options in [LogOptions::default(), LogOptions::following()] {
            let error = bench.engine.logs(&run, &options, &mut Output::default()).await.expect_err("no logs");
            assert!(matches!(error, Error::ContainerGone { .. }), "{error}");
        }
    });
}
