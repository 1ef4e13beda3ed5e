//! What a user is told of a pair of directories.

use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;

/// A channel with these paths: a directory ends with `/`, a link with `@` (to a directory) or `!` (to nothing).
fn channel(path: &str, entries: &[&str]) -> Channel {
    let mut all = Vec::new();
    for text in entries {
        let (path, kind) = match text.char_indices().next_back() {
            Some((at, '/')) => (&text[..at], EntryKind::Directory),
            Some((at, '@')) => (&text[..at], EntryKind::LinkToDirectory),
            Some((at, '!')) => (&text[..at], EntryKind::LinkToNothing),
            _ => (*text, EntryKind::File { bytes: 1024 }),
        };
        all.push(Entry { path: path.to_owned(), kind });
        for (at, _) in path.match_indices('/') {
            all.push(Entry { path: path[..at].to_owned(), kind: EntryKind::Directory });
        }
    }
    Channel::of(path, all)
}

fn series(path: &str, numbers: impl IntoIterator<Item = u32>) -> Channel {
    let entries: Vec<String> = numbers.into_iter().map(|number| format!("case-{number:02}/file")).collect();
    channel(path, &entries.iter().map(String::as_str).collect::<Vec<_>>())
}

fn named(path: &str, name: impl Fn(u32) -> String, numbers: impl IntoIterator<Item = u32>) -> Channel {
    let entries: Vec<String> = numbers.into_iter().map(|number| format!("{}/file", name(number))).collect();
    channel(path, &entries.iter().map(String::as_str).collect::<Vec<_>>())
}

#[track_caller]
fn told(output: &Channel, inputs: &[Channel], expected: Expect) {
    let verdict = check(output, inputs, &Levels::new());
    let mut text = format!("{}\n{}\n", verdict.layout.map_or("no layout", Layout::name), verdict.summary);
    for finding in verdict.findings {
        writeln!(text, "[{}] {}: {}", finding.rule.name, finding.path, finding.message).unwrap();
        for (word, text_of) in [("note", finding.note), ("help", finding.help)] {
            if let Some(text_of) = text_of {
                writeln!(text, "  {word}: {text_of}").unwrap();
            }
        }
    }
    expected.assert_eq(&text);
}

#[test]
fn the_three_forms_are_told_apart() {
    told(
        &series("./masks", 1..=12),
        &[],
        expect![[r#"
        items
        ./masks: 12 items with 12 files, 12 KiB
    "#]],
    );
    told(
        &series("./masks", 1..=12),
        &[series("./images", 1..=12)],
        expect![[r#"
        per-item
        ./masks: 12 items, one for each of ./images
    "#]],
    );
    told(
        &channel("./report", &["summary/a.csv"]),
        &[series("./images", 1..=12)],
        expect![[r#"
        combined
        ./report: 1 item, `summary`, for all 12 of ./images
    "#]],
    );
}

#[test]
fn one_item_in_and_one_out_is_fine_whatever_its_name() {
    let images = [channel("images", &["case-1/ct"])];
    told(
        &channel("masks", &["case-1/mask"]),
        &images,
        expect![[r#"
        per-item
        masks: 1 item, `case-1`, as in images
    "#]],
    );
    told(
        &channel("masks", &["summary/mask"]),
        &images,
        expect![[r#"
        combined
        masks: 1 item, `summary`, for the one of images
    "#]],
    );
    // But not if only the spelling differs.
    told(
        &channel("masks", &["Case1/mask"]),
        &images,
        expect![[r#"
            per-item
            masks: 1 item for the one of images
            [item-mismatch] masks/Case1: `Case1` of masks is named `case-1` in images
              note: an item has the same identifier in every channel; by it, whatever runs next finds what belongs together
              help: write to masks/case-1 instead of masks/Case1
        "#]],
    );
}

#[test]
fn items_that_are_missing() {
    told(
        &series("./masks", (1..=12).filter(|n| *n != 3)),
        &[series("./images", 1..=12)],
        expect![[r#"
        per-item
        ./masks: 11 items for the 12 of ./images
        [item-mismatch] ./masks: `case-03` of ./images has no result in ./masks
          note: there is a result for each item, or a single one for all of them
    "#]],
    );
    told(
        &series("./masks", 1..=4),
        &[series("./images", 1..=12)],
        expect![[r#"
        per-item
        ./masks: 4 items for the 12 of ./images
        [item-mismatch] ./masks: 8 of the 12 items of ./images have no result in ./masks: `case-05`, `case-06`, `case-07`, `case-08`, `case-09` and 3 more
          note: there is a result for each item, or a single one for all of them
    "#]],
    );
    let images = [channel("images", &["a/ct", "b/ct", "c/"])];
    told(
        &channel("masks", &["a/mask", "b/mask"]),
        &images,
        expect![[r#"
        per-item
        masks: 2 items for the 3 of images
        [item-mismatch] masks: `c` of images has no result in masks
          note: it has no file in images either
    "#]],
    );
}

#[test]
fn items_that_are_additional() {
    let images = [series("images", 1..=3)];
    told(
        &series("masks", 1..=4),
        &images,
        expect![[r#"
        per-item
        masks: 4 items for the 3 of images
        [item-mismatch] masks/case-04: `case-04` of masks is no item of images
          note: a channel has results for each item or one for all, not both; what an earlier run left stays in an output
          help: remove what is left from before, and write what is no result of an item to another channel
    "#]],
    );
    let both: Vec<&str> = vec!["case-01/m", "case-02/m", "case-03/m", "log/x", "report/y"];
    told(
        &channel("masks", &both),
        &images,
        expect![[r#"
        per-item
        masks: 5 items for the 3 of images
        [item-mismatch] masks: 2 items of masks are no items of images: `log`, `report`
          note: a channel has results for each item or one for all, not both; what an earlier run left stays in an output
          help: remove what is left from before, and write what is no result of an item to another channel
    "#]],
    );
}

#[test]
fn one_defect_is_one_finding_even_if_all_names_are_others() {
    let images = [series("images", 1..=12)];
    told(
        &named("masks", |n| format!("{:x}", 0xabc0 + n * 37), 1..=12),
        &images,
        expect![[r#"
        no layout
        masks: 12 items, which do not fit the 12 of images
        [item-mismatch] masks: none of the 12 items of masks is named like one of the 12 of images
          note: masks has `abe5`, `ac0a`, `ac2f`, `ac54`, `ac79` and 7 more; images has `case-01`, `case-02`, `case-03`, `case-04`, `case-05` and 7 more
          help: name each result like the item that it is for, or write one item for all of them
    "#]],
    );
    told(
        &named("masks", |n| format!("case-{n:02}_mask"), 1..=12),
        &images,
        expect![[r#"
            per-item
            masks: 12 items for the 12 of images
            [item-mismatch] masks: 12 items of masks have `_mask` behind their names in images: `case-01_mask` for `case-01`
              note: an item has the same identifier in every channel; by it, whatever runs next finds what belongs together
              help: write to masks/case-01 instead of masks/case-01_mask
        "#]],
    );
    told(
        &named("masks", |n| format!("seg-case-{n:02}"), 1..=12),
        &images,
        expect![[r#"
            per-item
            masks: 12 items for the 12 of images
            [item-mismatch] masks: 12 items of masks have `seg-` before their names in images: `seg-case-01` for `case-01`
              note: an item has the same identifier in every channel; by it, whatever runs next finds what belongs together
              help: write to masks/case-01 instead of masks/seg-case-01
        "#]],
    );
    told(
        &named("masks", |n| format!("Case_{n}"), 1..=3),
        &images[..],
        expect![[r#"
            per-item
            masks: 3 items for the 12 of images
            [item-mismatch] masks: 3 items of masks have other names than in images: `Case_1` for `case-01`, `Case_2` for `case-02`, `Case_3` for `case-03`
              note: an item has the same identifier in every channel; by it, whatever runs next finds what belongs together
              help: write to masks/case-01 instead of masks/Case_1
            [item-mismatch] masks: 9 of the 12 items of images have no result in masks: `case-04`, `case-05`, `case-06`, `case-07`, `case-08` and 4 more
              note: there is a result for each item, or a single one for all of them
        "#]],
    );
}

#[test]
fn a_near_miss_is_no_missing_and_no_additional_item() {
    let images = [channel("images", &["liver-1/ct", "spleen-2/ct", "x/ct"])];
    told(
        &channel("masks", &["Liver_1/m", "speeln-2/m", "x/m"]),
        &images,
        expect![[r#"
            per-item
            masks: 3 items for the 3 of images
            [item-mismatch] masks: 2 items of masks have other names than in images: `Liver_1` for `liver-1`, `speeln-2` for `spleen-2`
              note: an item has the same identifier in every channel; by it, whatever runs next finds what belongs together
              help: write to masks/liver-1 instead of masks/Liver_1
        "#]],
    );
    // The series goes on in both: neighbours are others.
    told(
        &series("masks", 2..=4),
        &[series("images", 1..=3)],
        expect![[r#"
        per-item
        masks: 3 items for the 3 of images
        [item-mismatch] masks: `case-01` of images has no result in masks
          note: there is a result for each item, or a single one for all of them
        [item-mismatch] masks/case-04: `case-04` of masks is no item of images
          note: a channel has results for each item or one for all, not both; what an earlier run left stays in an output
          help: remove what is left from before, and write what is no result of an item to another channel
    "#]],
    );
}

#[test]
fn a_result_for_all_that_is_named_like_an_item() {
    told(
        &series("masks", 1..=1),
        &[series("images", 1..=12)],
        expect![[r#"
            no layout
            masks: 1 item, which does not fit the 12 of images
            [item-mismatch] masks/case-01: `case-01`, the only item of masks, is named like one of the 12 items of images
              note: as the result for that item, it lacks the other 11; as the result for all, it has an item's name
              help: write a result for each item, or give the one for all a name that no input item has
        "#]],
    );
    told(
        &channel("masks", &["CASE-1/m"]),
        &[series("images", 1..=2)],
        expect![[r#"
            no layout
            masks: 1 item, which does not fit the 2 of images
            [item-mismatch] masks/CASE-1: `CASE-1`, the only item of masks, is named almost like one of the 2 items of images, `case-01`
              note: as the result for that item, it lacks the other one; as the result for all, it has an item's name
              help: write a result for each item, or give the one for all a name that no input item has
        "#]],
    );
}

#[test]
fn empty_items_and_empty_channels() {
    let images = [series("images", 1..=3)];
    told(
        &channel("masks", &["case-01/m", "case-02/.gitkeep", "case-03/deep/deeper/"]),
        &images,
        expect![[r#"
        per-item
        masks: 3 items, one for each of images
        [item-mismatch] masks: 2 of the 3 items of masks hold no file: `case-02`, `case-03`
          note: an item is a directory with its results; one without a file counts as done for whatever runs next
    "#]],
    );
    told(
        &channel("masks", &["summary/"]),
        &images,
        expect![[r#"
        combined
        masks: 1 item, `summary`, for all 3 of images
        [item-mismatch] masks/summary: `summary` of masks holds no file
          note: an item is a directory with its results; one without a file counts as done for whatever runs next
    "#]],
    );
    told(
        &channel("masks", &["a/", "b/"]),
        &[],
        expect![[r#"
        items
        masks: 2 items with 0 files, 0 B
        [item-mismatch] masks: none of the 2 items of masks holds a file: `a`, `b`
          note: an item is a directory with its results; one without a file counts as done for whatever runs next
    "#]],
    );
    told(
        &channel("masks", &[".gitkeep", ".cache/x", "lost+found/"]),
        &images,
        expect![[r#"
        no layout
        masks: no item
        [item-mismatch] masks: masks holds no item
          note: a result for each of the 3 items of images is expected, or one for all of them
    "#]],
    );
    told(
        &channel("masks", &[]),
        &[],
        expect![[r#"
        no layout
        masks: no item
        [item-mismatch] masks: masks holds no item
          note: a channel holds one directory or more, each an item with its results
    "#]],
    );
    // Nothing comes from nothing: the input alone is to blame.
    told(
        &channel("masks", &[]),
        &[channel("images", &[])],
        expect![[r#"
        no layout
        masks: no item
    "#]],
    );
    told(
        &channel("masks", &["a/m", "b/m"]),
        &[channel("images", &["a.nii"])],
        expect![[r#"
        items
        masks: 2 items with 2 files, 2 KiB; no item in images to compare with
    "#]],
    );
}

#[test]
fn an_empty_item_that_should_not_be_there_is_one_defect() {
    told(
        &channel("masks", &["a/m", "b/m", "tmp/"]),
        &[channel("images", &["a/ct", "b/ct"])],
        expect![[r#"
        per-item
        masks: 3 items for the 2 of images
        [item-mismatch] masks/tmp: `tmp` of masks is no item of images
          note: a channel has results for each item or one for all, not both; what an earlier run left stays in an output
          help: remove what is left from before, and write what is no result of an item to another channel
    "#]],
    );
}

#[test]
fn items_that_lie_too_deep() {
    let images = [series("images", 1..=3)];
    told(
        &channel("masks", &["out/case-01/m", "out/case-02/m", "out/case-03/m"]),
        &images,
        expect![[r#"
        per-item
        masks: 1 item for the 3 of images
        [item-mismatch] masks/out: 3 items of images lie one level too deep, in masks/out: `case-01`, `case-02`, `case-03`
          note: items are the directories directly in the channel
          help: write to masks/case-01 instead of masks/out/case-01
    "#]],
    );
    told(
        &channel("masks", &["train/case-01/m", "test/case-02/m", "test/case-03/m"]),
        &images,
        expect![[r#"
        per-item
        masks: 2 items for the 3 of images
        [item-mismatch] masks: 3 items of images lie one level too deep, in masks/test, masks/train: `case-02`, `case-03`, `case-01`
          note: items are the directories directly in the channel
          help: write to masks/case-02 instead of masks/test/case-02
    "#]],
    );
    told(
        &channel("masks", &["case-01/m", "rest/case-02/m", "case-03/m"]),
        &images,
        expect![[r#"
        per-item
        masks: 3 items for the 3 of images
        [item-mismatch] masks/rest: `case-02` of images lies one level too deep, in masks/rest
          note: items are the directories directly in the channel
          help: write to masks/case-02 instead of masks/rest/case-02
    "#]],
    );
    // One result for all may have a directory for each, beside what is for all.
    told(
        &channel("masks", &["study/index.csv", "study/case-01/m"]),
        &images,
        expect![[r#"
        combined
        masks: 1 item, `study`, for all 3 of images
    "#]],
    );
}

#[test]
fn loose_files() {
    let images = [channel("images", &["case-1/ct", "case-10/ct"])];
    told(
        &channel("masks", &["case-1.nii.gz", "case-10.nii.gz", ".DS_Store"]),
        &images,
        expect![[r#"
        no layout
        masks: no item
        [loose-file] masks: 2 files are directly in masks, outside of any item: `case-1.nii.gz`, `case-10.nii.gz`
          note: a channel holds directories, one for each item; who reads it does not look for files beside them
          help: move each into the directory of its item, as masks/case-1/case-1.nii.gz
    "#]],
    );
    told(
        &channel("masks", &["case-1/m", "case-10/m", "log.txt"]),
        &images,
        expect![[r#"
        per-item
        masks: 2 items, one for each of images
        [loose-file] masks/log.txt: `log.txt` is a file directly in masks, outside of any item
          note: a channel holds directories, one for each item; who reads it does not look for files beside them
          help: move it into the directory of the item that it belongs to, as masks/IDENTIFIER/log.txt
    "#]],
    );
    let many: Vec<String> = (0..100).map(|n| format!("file{n:02}.dcm")).collect();
    told(
        &channel("masks", &many.iter().map(String::as_str).collect::<Vec<_>>()),
        &[],
        expect![[r#"
        no layout
        masks: no item
        [loose-file] masks: 100 files are directly in masks, outside of any item: `file00.dcm`, `file01.dcm`, `file02.dcm`, `file03.dcm`, `file04.dcm` and 95 more
          note: a channel holds directories, one for each item; who reads it does not look for files beside them
          help: move each into the directory of the item that it belongs to, as masks/IDENTIFIER/file00.dcm
    "#]],
    );
}

#[test]
fn links() {
    let images = [channel("images", &["a@", "b@", "c/ct"])];
    told(
        &channel("masks", &["a/all@", "b!", "c@"]),
        &images,
        expect![[r#"
            per-item
            masks: 3 items, one for each of images
            [item-mismatch] masks/b: `b` of masks is a link that leads nowhere
              note: an item is a directory with its results; one without a file counts as done for whatever runs next
        "#]],
    );
}

#[test]
fn the_input_that_fits_best_is_compared_with() {
    let atlas = channel("atlas", &["atlas/x"]);
    let (images, labels) = (series("images", 1..=4), series("labels", 3..=6));
    told(
        &series("masks", 1..=4),
        &[atlas.clone(), images.clone()],
        expect![[r#"
        per-item
        masks: 4 items, one for each of images
    "#]],
    );
    told(
        &series("masks", 1..=3),
        &[atlas.clone(), images.clone()],
        expect![[r#"
        per-item
        masks: 3 items for the 4 of images
        [item-mismatch] masks: `case-04` of images has no result in masks
          note: there is a result for each item, or a single one for all of them
    "#]],
    );
    told(
        &series("masks", 3..=4),
        &[images.clone(), labels.clone()],
        expect![[r#"
        per-item
        masks: 2 items, one for each that images and labels share
    "#]],
    );
    told(
        &series("masks", 1..=6),
        &[images.clone(), labels.clone()],
        expect![[r#"
        per-item
        masks: 6 items, one for each of images and labels
    "#]],
    );
    told(
        &channel("masks", &["summary/m"]),
        &[images, labels, atlas],
        expect![[r#"
        combined
        masks: 1 item, `summary`, for all 7 of images, labels and atlas
    "#]],
    );
}

#[test]
fn of_inputs_that_fit_alike_the_first_is_compared_with() {
    let inputs = [series("images", 1..=4), series("labels", 1..=4)];
    let verdict = check(&series("masks", 1..=3), &inputs, &Levels::new());
    assert_eq!(verdict.summary, "masks: 3 items for the 4 of images");
}

#[test]
fn an_input_by_itself() {
    let messages = |input: &Channel| {
        let findings = check_input(input, &Levels::new()).findings;
        findings.into_iter().map(|finding| format!("{}: {}", finding.path, finding.message)).collect::<Vec<_>>()
    };
    assert_eq!(messages(&series("images", 1..=2)), [""; 0]);
    assert_eq!(messages(&channel("images", &["a/"])), [""; 0]);
    assert_eq!(messages(&channel("images", &[])), ["images: images holds no item"]);
    let flat = channel("images", &["a.nii"]);
    assert_eq!(messages(&flat), ["images/a.nii: `a.nii` is a file directly in images, outside of any item"]);
}

#[test]
fn levels_change_the_severity_or_switch_off() {
    let output = channel("masks", &["a.nii"]);
    let level = |level| Levels::from_iter([("loose-file".to_owned(), level)]);
    assert_eq!(check(&output, &[], &level(Some(Severity::Error))).findings[0].severity, Severity::Error);
    assert_eq!(check(&output, &[], &level(None)).findings.len(), 0);
}

#[test]
fn the_order_of_a_walk_does_not_matter() {
    let entries = |paths: &[&str]| {
        let entry = |path: &&str| Entry { path: (*path).to_owned(), kind: EntryKind::File { bytes: 1 } };
        paths.iter().map(entry).collect::<Vec<_>>()
    };
    let (one, other) = (entries(&["b/x", "a/z/x", "a/y", "c"]), entries(&["c", "a/y", "b/x", "a/z/x"]));
    assert_eq!(Channel::of("p", one), Channel::of("p", other));
}

#[test]
fn a_hundred_thousand_items() {
    let images = [named("images", |n| format!("1.2.840.{n}"), 0..100_000)];
    let masks = named("masks", |n| format!("study.{n}"), 0..100_000);
    let findings = check(&masks, &images, &Levels::new()).findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].names.len(), 100_000);
    assert!(findings[0].message.len() + findings[0].note.as_ref().unwrap().len() < 500);
    let nested = named("masks", |n| format!("batch-{n}/1.2.840.{n}"), 0..100_000);
    assert_eq!(compare(&nested, &images).nested.len(), 100_000);
}
