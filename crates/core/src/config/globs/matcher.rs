//! What a pattern is matched with: `globset` itself, and in WebAssembly, where its engine would be a fifth of the language
//! server, [`super::lite`].

#[cfg(not(target_arch = "wasm32"))]
pub(super) use globset::GlobSet as Matcher;

#[cfg(target_arch = "wasm32")]
pub(super) use super::lite::Lite as Matcher;

#[cfg(not(target_arch = "wasm32"))]
pub(super) fn of(glob: &globset::Glob) -> Result<Matcher, globset::Error> {
    Matcher::new([glob.clone()])
}

#[cfg(target_arch = "wasm32")]
pub(super) fn of(glob: &globset::Glob) -> Result<Matcher, globset::Error> {
    Ok(Matcher::new(glob))
}
