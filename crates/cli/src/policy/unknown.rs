//! Strings with template expressions are values that nobody knows yet: what depends on them is no
//! violation.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;
use task_api_core::template::has_expression;
use task_api_json::{Kind, Node};

use super::documents::{Documents, Place};

/// So many references are followed on the way down a schema.
const DEPTH: usize = 64;

/// Whether rendering may change what `error` says. `root` is the document, `policy` the policy's URI.
pub(super) fn is_unknown(error: &ValidationError<'_>, root: Node<'_>, policy: &str, documents: &Documents) -> bool {
    let node = root.resolve(error.instance_path().as_str()).unwrap_or(root);
    let keyword = || error.absolute_keyword_location().and_then(|uri| documents.find(uri.as_str()));
    let depends = |place: Option<Place<'_>>| match place {
        Some(place) => self::depends(&place, node, documents, DEPTH),
        None => holds_expression(node),
    };
    use ValidationErrorKind as E;
    let itself = match error.kind() {
        E::Pattern { .. }
        | E::Format { .. }
        | E::MinLength { .. }
        | E::MaxLength { .. }
        | E::ContentEncoding { .. }
        | E::ContentMediaType { .. }
        | E::FromUtf8 { .. }
        | E::BacktrackLimitExceeded { .. }
        | E::RegexEngineFailure { .. } => is_expression(node),
        E::Constant { .. } | E::Enum { .. } | E::UniqueItems => holds_expression(node),
        E::Not { .. } => depends(keyword()),
        E::AnyOf { context } | E::OneOfNotValid { context } => {
            let unknown = |error: &ValidationError<'_>| is_unknown(error, root, policy, documents);
            context.iter().any(|branch| branch.iter().all(unknown))
        }
        E::OneOfMultipleValid { .. } => depends(keyword()),
        E::Contains => match keyword().and_then(|keyword| keyword.above()?.below("contains")) {
            Some(place) => node.elements().any(|element| self::depends(&place, element, documents, DEPTH)),
            None => holds_expression(node),
        },
        // What is left over hangs on all other keywords of the schema.
        E::UnevaluatedItems { .. } | E::UnevaluatedProperties { .. } => {
            depends(keyword().and_then(|keyword| keyword.above()))
        }
        _ => false,
    };
    itself || hangs_on_unknown_condition(error, root, policy, documents)
}

/// Whether the way to the error leads through a `then` or `else` whose `if` rendering may change.
fn hangs_on_unknown_condition(
    error: &ValidationError<'_>,
    root: Node<'_>,
    policy: &str,
    documents: &Documents,
) -> bool {
    let mut steps = error.evaluation_path().as_str().split('/').skip(1).map(unescape);
    let mut down = error.instance_path().as_str().split('/').skip(1).map(unescape);
    let mut node = root;
    let mut place = documents.find(policy);
    while let Some(step) = steps.next() {
        if matches!(step.as_str(), "then" | "else") {
            let unknown = match place.as_ref().and_then(|place| place.below("if")) {
                Some(condition) => depends(&condition, node, documents, DEPTH),
                None => holds_expression(node),
            };
            if unknown {
                return true;
            }
        }
        place = match step.as_str() {
            "$ref" => place.and_then(|place| {
                let reference = place.schema.get("$ref")?.as_str()?;
                documents.follow(&place, reference)
            }),
            other => place.and_then(|place| place.below(other)),
        };
        let goes_down = match step.as_str() {
            "properties" | "patternProperties" => {
                let name = steps.next();
                place = place.zip(name).and_then(|(place, name)| place.below(&name));
                true
            }
            "dependentSchemas" | "dependencies" | "allOf" | "anyOf" | "oneOf" => {
                let name = steps.next();
                place = place.zip(name).and_then(|(place, name)| place.below(&name));
                false
            }
            "additionalProperties"
            | "unevaluatedProperties"
            | "items"
            | "prefixItems"
            | "additionalItems"
            | "unevaluatedItems"
            | "contains" => {
                if place.as_ref().is_some_and(|place| place.schema.is_array()) {
                    let index = steps.next();
                    place = place.zip(index).and_then(|(place, index)| place.below(&index));
                }
                true
            }
            _ => false,
        };
        if goes_down {
            let Some(child) = down.next().and_then(|segment| child(node, &segment)) else { break };
            node = child;
        }
    }
    false
}

/// Whether what an expression becomes may decide if `node` satisfies the schema.
fn depends(place: &Place<'_>, node: Node<'_>, documents: &Documents, depth: usize) -> bool {
    if !holds_expression(node) {
        return false;
    }
    if depth == 0 {
        return true;
    }
    if let Some(alternatives) = place.schema.as_array() {
        let mut places = (0..alternatives.len()).map(|index| place.below(&index.to_string()));
        return places.any(|place| place.is_none_or(|place| depends(&place, node, documents, depth - 1)));
    }
    let Some(schema) = place.schema.as_object() else { return false };
    let sub = |segments: &[&str], node: Node<'_>| {
        let below = segments.iter().try_fold(place.clone(), |place, segment| place.below(segment));
        below.is_none_or(|below| depends(&below, node, documents, depth - 1))
    };
    let each_of = |keyword: &str, value: &Value, node: Node<'_>| match value {
        Value::Array(schemas) => (0..schemas.len()).any(|index| sub(&[keyword, &index.to_string()], node)),
        Value::Object(schemas) => schemas.keys().any(|name| sub(&[keyword, name], node)),
        _ => false,
    };
    schema.iter().any(|(keyword, value)| match keyword.as_str() {
        "const" | "enum" | "uniqueItems" => true,
        "pattern" | "format" | "minLength" | "maxLength" | "contentEncoding" | "contentMediaType" => {
            is_expression(node)
        }
        "$ref" => match value.as_str().and_then(|reference| documents.follow(place, reference)) {
            Some(target) => depends(&target, node, documents, depth - 1),
            None => true,
        },
        "$dynamicRef" | "$recursiveRef" => true,
        "allOf" | "anyOf" | "oneOf" | "dependentSchemas" | "dependencies" => each_of(keyword, value, node),
        "not" | "if" | "then" | "else" => sub(&[keyword], node),
        "properties" => node.members().any(|(key, member)| {
            let name = key.as_str().unwrap_or_default();
            value.get(&*name).is_some() && sub(&[keyword, &name], member)
        }),
        "patternProperties" => node.members().any(|(_, member)| each_of(keyword, value, member)),
        "additionalProperties" | "unevaluatedProperties" => node.members().any(|(_, member)| sub(&[keyword], member)),
        "items" | "prefixItems" if value.is_array() => node.elements().any(|element| each_of(keyword, value, element)),
        "items" | "additionalItems" | "unevaluatedItems" | "contains" => {
            node.elements().any(|element| sub(&[keyword], element))
        }
        _ => false,
    })
}

fn is_expression(node: Node<'_>) -> bool {
    node.kind() == Kind::String && node.as_str().is_some_and(|text| has_expression(&text))
}

pub(super) fn holds_expression(node: Node<'_>) -> bool {
    node.descendants().any(is_expression)
}

fn child<'a>(node: Node<'a>, segment: &str) -> Option<Node<'a>> {
    match node.kind() {
        Kind::Object => node.get(segment),
        Kind::Array => node.elements().nth(segment.parse().ok()?),
        _ => None,
    }
}

fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}
