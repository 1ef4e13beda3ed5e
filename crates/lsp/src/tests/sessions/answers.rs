//! What must be true of any answer.

use serde_json::Value;

use super::text::{self, Columns};

/// The texts that both sides know, by their URIs, and how columns count in them.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    pub(super) of: &'a dyn Fn(&str) -> Option<String>,
    pub(super) columns: Columns,
}

/// Every range lies in the document that it is of, and edits of one document leave each other alone. Unless an object
/// says otherwise, ranges are of `uri`.
pub(super) fn check(texts: Texts<'_>, uri: &str, answer: &Value) -> Result<(), String> {
    match answer {
        Value::Array(items) => {
            if items.first().is_some_and(|item| item.get("newText").is_some()) {
                texts.columns.apply(&(texts.of)(uri).ok_or_else(|| format!("edits of {uri}"))?, items)?;
            }
            items.iter().try_for_each(|item| check(texts, uri, item))
        }
        Value::Object(fields) => {
            let uri = answer["uri"].as_str().or(answer["textDocument"]["uri"].as_str()).unwrap_or(uri);
            for (name, value) in fields {
                match name.as_str() {
                    // What the client said itself.
                    "data" | "diagnostics" => {}
                    "changes" => {
                        let changes = value.as_object().ok_or("no changes")?;
                        changes.iter().try_for_each(|(uri, edits)| check(texts, uri, edits))?;
                    }
                    // Of a document that there is not yet.
                    "documentChanges" if value.to_string().contains("\"kind\":\"create\"") => {}
                    "position" => fits(texts, uri, &serde_json::json!({"start": value, "end": value}))?,
                    _ if value.get("start").is_some_and(|start| start.get("line").is_some()) => {
                        fits(texts, uri, value)?;
                    }
                    _ => check(texts, uri, value)?,
                }
            }
            if let (Some(outer), Some(inner)) = (answer.get("parent"), answer.get("range")) {
                within(texts, uri, inner, &outer["range"])?;
            }
            if let (Some(outer), Some(inner)) = (answer.get("range"), answer.get("selectionRange")) {
                within(texts, uri, inner, outer)?;
            }
            if let (Some(start), Some(end)) = (answer["startLine"].as_u64(), answer["endLine"].as_u64()) {
                let of_line = |line| text::range(((line as u32, 0), (line as u32, 0)));
                fits(texts, uri, &of_line(start)).and(fits(texts, uri, &of_line(end)))?;
                if start >= end {
                    return Err(format!("{answer} folds nothing"));
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn fits(texts: Texts<'_>, uri: &str, range: &Value) -> Result<(), String> {
    let text = (texts.of)(uri).ok_or_else(|| format!("a range of {uri}, which nobody has"))?;
    texts.columns.fit(&text, range).map(drop)
}

fn within(texts: Texts<'_>, uri: &str, inner: &Value, outer: &Value) -> Result<(), String> {
    let text = (texts.of)(uri).unwrap_or_default();
    let (inner_span, outer_span) = (texts.columns.fit(&text, inner)?, texts.columns.fit(&text, outer)?);
    if inner_span.0 < outer_span.0 || outer_span.1 < inner_span.1 {
        return Err(format!("{inner} is not in {outer}"));
    }
    Ok(())
}

/// Tokens follow each other, each on one line.
pub(super) fn check_tokens(columns: Columns, text: &str, data: &[u64]) -> Result<(), String> {
    let (mut line, mut start, mut end) = (0, 0, 0);
    if !data.len().is_multiple_of(5) {
        return Err("tokens are of five numbers".to_owned());
    }
    for token in data.chunks(5) {
        if token[0] > 0 {
            (line, start, end) = (line + token[0], 0, 0);
        }
        start += token[1];
        if start < end || token[2] == 0 {
            return Err(format!("the token at {line}:{start} is empty or in the one before"));
        }
        end = start + token[2];
        columns.fit(text, &text::range(((line as u32, start as u32), (line as u32, end as u32))))?;
    }
    Ok(())
}

/// A completion replaces a part of the line in which it was asked for, around the cursor, and nothing else touches it.
pub(super) fn check_completion(columns: Columns, text: &str, at: usize, item: &Value) -> Result<(), String> {
    let (start, end) = columns.fit(text, &item["textEdit"]["range"])?;
    if at < start || end < at || columns.place(text, start).0 != columns.place(text, end).0 {
        return Err(format!("{} is not around {at}", item["textEdit"]));
    }
    let others = item["additionalTextEdits"].as_array().into_iter().flatten();
    let edits: Vec<Value> = others.chain([&item["textEdit"]]).cloned().collect();
    columns.apply(text, &edits).map(drop)
}
