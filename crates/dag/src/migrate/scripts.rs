//! What programs and DAGs rely on that the new operator does not give them, line by line.

use super::Source;

/// Names of the environment that were set, and what replaces each.
const VARIABLES: &[(&str, &str)] = &[
    ("WORKFLOW_DIR", "only channels are mounted: take the `mounted_path` of one"),
    ("BATCH_NAME", "items are the subdirectories of an input channel"),
    ("OPERATOR_IN_DIR", "read from the `mounted_path` of an input channel"),
    ("OPERATOR_OUT_DIR", "write to the `mounted_path` of an output channel"),
    ("BATCHES_INPUT_DIR", "read from the `mounted_path` of an input channel"),
    ("RUN_ID", "nothing replaces it; pass what is needed as a variable of your own"),
    ("DAG_ID", "nothing replaces it; pass what is needed as a variable of your own"),
    ("TASK_ID", "nothing replaces it; pass what is needed as a variable of your own"),
    ("WORKSPACE", "nothing replaces it; pass what is needed as a variable of your own"),
    ("SERVICES_NAMESPACE", "it is not set automatically; pass it as a variable"),
    ("ADMIN_NAMESPACE", "it is not set automatically; pass it as a variable"),
    ("KEYCLOAK_URL", "it is not set automatically; pass it as a variable"),
    ("MINIO_URL", "it is not set automatically; pass it as a variable"),
    ("OPENSEARCH_URL", "it is not set automatically; pass it as a variable"),
    ("AII_URL", "it is not set automatically; pass it as a variable"),
    ("KAAPANA_BACKEND_URL", "it is not set automatically; pass it as a variable"),
    ("DICOM_WEB_FILTER_URL", "it is not set automatically; pass it as a variable"),
    ("NOTIFICATION_URL", "it is not set automatically; pass it as a variable"),
    ("KUBE_HELM_URL", "it is not set automatically; pass it as a variable"),
];

/// Words that show a feature which the new operator lacks.
const FEATURES: &[(&str, &str)] = &[
    (
        "conf.json",
        "the `conf` of a run is not mounted; pass what is needed as variables, which `conf.task_form` can set",
    ),
    ("kaapanapy", "`kaapanapy` needs variables that are not set any more; set them, or do without"),
    ("data_form", "`ui_forms` with a `data_form` is not supported; name the data in a variable"),
    (
        "workflow_form",
        "`ui_forms` with a `workflow_form` is not supported; values are set by `conf.task_form`, for each task",
    ),
    ("dev_server", "there is no code-server as a development server; run the task with `task-api run`"),
];

/// So many places are told of each word.
const MANY: usize = 20;

pub(super) fn todo(main: Source<'_>, others: &[Source<'_>]) -> Vec<String> {
    let mut todo = Vec::new();
    for source in std::iter::once(&main).chain(others) {
        let words = VARIABLES.iter().map(|words| (words, true)).chain(FEATURES.iter().map(|words| (words, false)));
        for ((word, advice), is_name) in words {
            // A constant of that name, for Airflow's own use, is no variable of the container.
            let is_import = |line: &str| line.contains("import ") || line.trim_end().ends_with("_NAMESPACE,");
            let lines = source.text.lines().enumerate().filter(|(_, line)| match is_name {
                true => has_word(line, word) && !is_import(line),
                false => line.contains(word),
            });
            for (number, line) in lines.take(MANY) {
                let line: String = line.trim().chars().take(80).collect();
                todo.push(format!("{}:{}: `{line}` relies on `{word}`: {advice}.", source.name, number + 1));
            }
        }
    }
    todo
}

fn has_word(line: &str, word: &str) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        let behind = line.get(at + word.len()..).and_then(|behind| behind.chars().next());
        !before.is_some_and(is_letter) && !behind.is_some_and(is_letter)
    })
}
