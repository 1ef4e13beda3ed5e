//! What the `jsonschema` crate finds, as diagnostics with places in the user's text and in our words.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;
use task_api_core::diagnostic::Diagnostic;
use task_api_json::{Kind, Node, Span};

use super::documents::Place;
use super::unknown::{self, is_unknown};
use super::{Policy, RULE};

/// So many values of a list are named.
const NAMED: usize = 8;

pub(super) struct Violations<'p, 'd> {
    policy: &'p Policy,
    root: Node<'d>,
    /// Whether any value of the document is unknown before it is rendered.
    has_unknown: bool,
    found: Vec<Diagnostic>,
}

/// What the policy's author says of the keyword that is violated.
#[derive(Default)]
struct Words {
    /// Replaces what we would say.
    message: Option<String>,
    title: Option<String>,
    description: Option<String>,
}

impl<'p, 'd> Violations<'p, 'd> {
    pub(super) fn of(policy: &'p Policy, root: Node<'d>) -> Violations<'p, 'd> {
        Violations { policy, root, has_unknown: unknown::holds_expression(root), found: Vec::new() }
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.found
    }

    pub(super) fn add(&mut self, error: &ValidationError<'_>) {
        if self.is_unknown(error) {
            return;
        }
        let Some(node) = self.root.resolve(error.instance_path().as_str()) else { return };
        use ValidationErrorKind as E;
        match error.kind() {
            E::AdditionalProperties { unexpected } | E::UnevaluatedProperties { unexpected } => {
                for name in unexpected {
                    let Some((key, _)) = node.member(name) else { continue };
                    self.push(error, key, key.span(), "the policy knows no field of this name");
                }
            }
            E::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                self.push(error, node, first_character(node), &format!("`{name}` is missing"));
            }
            E::MinProperties { .. } | E::MaxProperties { .. } => {
                self.push(error, node, first_character(node), &reason(error, node));
            }
            E::PropertyNames { error: inner } => {
                let name = inner.instance().as_str().unwrap_or_default();
                let (at, span) = node.member(name).map_or((node, first_character(node)), |(key, _)| (key, key.span()));
                let reason = format!("the name `{name}` is not as it must be: {}", name_reason(inner));
                self.push(error, at, span, &reason);
            }
            E::AnyOf { context } | E::OneOfNotValid { context } => {
                match self.meant(context, error.instance_path().as_str()) {
                    Some(branch) => branch.iter().for_each(|error| self.add(error)),
                    None => self.push(error, node, shown(node), &reason(error, node)),
                }
            }
            E::FalseSchema if self.stands_for_all_fields(error) => {
                for (key, _) in node.members() {
                    self.push(error, key, key.span(), "the policy knows no field of this name");
                }
            }
            E::FalseSchema => {
                let span = node.key().map_or(shown(node), |key| key.span());
                self.push(error, node, span, &reason(error, node));
            }
            _ => self.push(error, node, shown(node), &reason(error, node)),
        }
    }

    fn is_unknown(&self, error: &ValidationError<'_>) -> bool {
        self.has_unknown && is_unknown(error, self.root, &self.policy.uri, &self.policy.documents)
    }

    /// Without `properties` beside it, `"additionalProperties": false` is reported of the object.
    fn stands_for_all_fields(&self, error: &ValidationError<'_>) -> bool {
        let path = error.schema_path().as_str();
        let keyword = path.strip_suffix("/additionalProperties").or(path.strip_suffix("/unevaluatedProperties"));
        keyword.is_some_and(|schema| !schema.ends_with("/properties"))
    }

    fn push(&mut self, error: &ValidationError<'_>, node: Node<'_>, span: Span, reason: &str) {
        let pointer = node.pointer();
        let subject = if pointer.is_empty() { "the file".to_owned() } else { format!("`{pointer}`") };
        let place = error.absolute_keyword_location().and_then(|uri| self.policy.documents.find(uri.as_str()));
        let words = place.as_ref().map(|place| Words::of(error, place)).unwrap_or_default();
        let reason = words.message.as_deref().unwrap_or(reason);
        let message = format!("{subject} does not match the site's policy: {reason}");
        let location = match &place {
            Some(place) => format!("{}#{}", self.policy.shown(place), place.pointer),
            None => format!("{}#{}", self.policy.name, error.schema_path().as_str()),
        };
        let mut note = location;
        for (sign, text) in [(", ", &words.title), (": ", &words.description)] {
            if let Some(text) = text {
                note.push_str(&format!("{sign}{text}"));
            }
        }
        if let Some(alternatives) = alternatives(error) {
            note.push_str(&format!("\n{alternatives}"));
        }
        let diagnostic = Diagnostic::new(&RULE, node, span, message).note(note);
        // One keyword is met twice where two references lead to it.
        let is_known = |other: &Diagnostic| other.span == diagnostic.span && other.message == diagnostic.message;
        if !self.found.iter().rev().take(NAMED).any(is_known) {
            self.found.push(*diagnostic);
        }
    }

    /// The alternative that the user meant, where that can be told: the others differ in type, in a
    /// fixed value, or in which fields there are.
    fn meant<'e, 'i>(
        &self,
        context: &'e [Vec<ValidationError<'i>>],
        path: &str,
    ) -> Option<&'e Vec<ValidationError<'i>>> {
        let is_here = |error: &ValidationError<'_>| error.instance_path().as_str() == path;
        let is_child = |error: &ValidationError<'_>| {
            let below = error.instance_path().as_str().strip_prefix(path).and_then(|below| below.strip_prefix('/'));
            below.is_some_and(|below| !below.contains('/'))
        };
        use ValidationErrorKind as E;
        let is_value = |error: &ValidationError<'_>| matches!(error.kind(), E::Constant { .. } | E::Enum { .. });
        let is_type = |error: &ValidationError<'_>| matches!(error.kind(), E::Type { .. });
        let excludes: [&dyn Fn(&ValidationError<'_>) -> bool; 4] = [
            &|error| is_here(error) && (is_type(error) || matches!(error.kind(), E::FalseSchema)),
            &|error| is_child(error) && is_value(error),
            &|error| is_here(error) && is_value(error),
            &|error| is_here(error) && matches!(error.kind(), E::Required { .. }),
        ];
        let mut left: Vec<&Vec<ValidationError<'_>>> = context.iter().collect();
        for excludes in excludes {
            let kept: Vec<_> = left.iter().copied().filter(|branch| !branch.iter().any(excludes)).collect();
            if !kept.is_empty() {
                left = kept;
            }
            if let [only] = left[..] {
                return Some(only);
            }
        }
        None
    }
}

impl Words {
    fn of(error: &ValidationError<'_>, keyword: &Place<'_>) -> Words {
        // The place of `false` is itself the schema.
        if matches!(error.kind(), ValidationErrorKind::FalseSchema) {
            return Words::default();
        }
        // What is said of names stands in the schema of the names.
        let of_names = matches!(error.kind(), ValidationErrorKind::PropertyNames { .. });
        let schema = if of_names { Some(keyword.clone()) } else { keyword.above() };
        let Some(schema) = schema else { return Words::default() };
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::trim).map(str::to_owned);
        let own = |name: &str| text(schema.schema.get(name)).filter(|text| !text.is_empty());
        let required = match error.kind() {
            ValidationErrorKind::Required { property } => property.as_str(),
            _ => None,
        };
        let of_required = required.and_then(|name| schema.schema.get("properties")?.get(name));
        let messages = schema.schema.get("errorMessage");
        let of_keyword = messages.and_then(|messages| messages.get(error.kind().keyword()));
        let message = match required {
            Some(name) => text(of_keyword).or_else(|| text(of_keyword?.get(name))).or_else(|| text(messages)),
            None => text(of_keyword).or_else(|| text(messages)),
        };
        let of_required = |name: &str| text(of_required.and_then(|schema| schema.get(name)));
        Words {
            message,
            title: of_required("title").or_else(|| own("title")),
            description: of_required("description").or_else(|| own("description")).or_else(|| own("$comment")),
        }
    }
}

/// What is wrong with a value. The value itself is not repeated: it may be a secret.
fn reason(error: &ValidationError<'_>, node: Node<'_>) -> String {
    use ValidationErrorKind as E;
    match error.kind() {
        E::Type { kind } => format!("it must be {}, but is {}", types(kind), noun(node)),
        E::Enum { options } => match options.as_array() {
            Some(options) => format!("it must be {}", one_of(options)),
            None => "it is none of the values that are allowed".to_owned(),
        },
        E::Constant { expected_value } => format!("it must be `{expected_value}`"),
        E::Pattern { pattern } => format!("it must match the pattern `{pattern}`"),
        E::Format { format } => format!("it must have the format `{format}`"),
        E::MinLength { limit } => format!("it must have {} or more", count(*limit, "character")),
        E::MaxLength { limit } => format!("it must have {} at most", count(*limit, "character")),
        E::MinItems { limit } => format!("it must have {} or more", count(*limit, "item")),
        E::MaxItems { limit } => format!("it must have {} at most", count(*limit, "item")),
        E::AdditionalItems { limit } => format!("it must have {} at most", count(*limit as u64, "item")),
        E::UnevaluatedItems { .. } => "it has items that the policy does not know".to_owned(),
        E::MinProperties { limit } => format!("it must have {} or more", count(*limit, "field")),
        E::MaxProperties { limit } => format!("it must have {} at most", count(*limit, "field")),
        E::Minimum { limit } => format!("it must be {limit} or more"),
        E::Maximum { limit } => format!("it must be {limit} at most"),
        E::ExclusiveMinimum { limit } => format!("it must be more than {limit}"),
        E::ExclusiveMaximum { limit } => format!("it must be less than {limit}"),
        E::MultipleOf { multiple_of } => format!("it must be a multiple of {multiple_of}"),
        E::UniqueItems => "it has the same item twice".to_owned(),
        E::Contains => match error.schema_path().as_str().rsplit('/').next() {
            Some("maxContains") => "it has too many items of a certain kind".to_owned(),
            Some("minContains") => "it has too few items of a certain kind".to_owned(),
            _ => "none of its items is as one must be".to_owned(),
        },
        E::Not { .. } => "it is what must not be".to_owned(),
        E::FalseSchema => "it must not be there".to_owned(),
        E::AnyOf { context } | E::OneOfNotValid { context } => {
            format!("it is none of the {} alternatives that are allowed", context.len())
        }
        E::OneOfMultipleValid { .. } => {
            "it is more than one of the alternatives, of which one alone is allowed".to_owned()
        }
        E::BacktrackLimitExceeded { .. } | E::RegexEngineFailure { .. } => {
            "its pattern takes too long to be compared with it".to_owned()
        }
        _ => error.masked_with("it").to_string(),
    }
}

/// What is wrong with a key.
fn name_reason(error: &ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::Enum { .. }
        | ValidationErrorKind::Constant { .. }
        | ValidationErrorKind::Pattern { .. }
        | ValidationErrorKind::Format { .. }
        | ValidationErrorKind::MinLength { .. }
        | ValidationErrorKind::MaxLength { .. }
        | ValidationErrorKind::Not { .. }
        | ValidationErrorKind::FalseSchema => {
            let tree = task_api_json::parse("\"\"");
            reason(error, tree.root("\"\""))
        }
        _ => error.masked_with("it").to_string(),
    }
}

/// What each alternative would have wanted, a line each.
fn alternatives(error: &ValidationError<'_>) -> Option<String> {
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) = error.kind() else {
        return None;
    };
    let path = error.instance_path().as_str();
    let lines = context.iter().take(NAMED).enumerate().filter_map(|(index, branch)| {
        let first = branch.first()?;
        let below = first.instance_path().as_str().strip_prefix(path).unwrap_or_default();
        let at = if below.is_empty() { String::new() } else { format!("`{below}`: ") };
        let reason = match first.kind() {
            ValidationErrorKind::Required { property } => {
                format!("`{}` is missing", property.as_str().unwrap_or_default())
            }
            ValidationErrorKind::Type { kind } => format!("it must be {}", types(kind)),
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                format!("there must be no `{}`", unexpected.join("`, `"))
            }
            _ => {
                let tree = task_api_json::parse("null");
                reason(first, tree.root("null"))
            }
        };
        Some(format!("alternative {}: {at}{reason}", index + 1))
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => with_article(&one.to_string()),
        TypeKind::Multiple(several) => {
            let names: Vec<String> = several.iter().map(|one| with_article(&one.to_string())).collect();
            in_words(&names)
        }
    }
}

fn with_article(name: &str) -> String {
    match name {
        "null" => "null".to_owned(),
        "array" | "integer" | "object" => format!("an {name}"),
        _ => format!("a {name}"),
    }
}

fn noun(node: Node<'_>) -> &'static str {
    match node.kind() {
        Kind::Null => "null",
        Kind::True | Kind::False => "a boolean",
        Kind::Number => "a number",
        Kind::String => "a string",
        Kind::Array => "an array",
        _ => "an object",
    }
}

fn one_of(options: &[Value]) -> String {
    let named = options.iter().take(NAMED).map(|option| format!("`{option}`"));
    let mut names: Vec<String> = named.collect();
    if options.len() > NAMED {
        names.push(format!("one of {} more", options.len() - NAMED));
    }
    in_words(&names)
}

fn in_words(names: &[String]) -> String {
    match names {
        [] => "something else".to_owned(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// An object or a list is shown by its first character, so that a frame does not cover it all.
fn shown(node: Node<'_>) -> Span {
    if matches!(node.kind(), Kind::Object | Kind::Array) { first_character(node) } else { node.span() }
}

fn first_character(node: Node<'_>) -> Span {
    let start = node.span().start;
    Span::new(start, (start + 1).min(node.span().end))
}
