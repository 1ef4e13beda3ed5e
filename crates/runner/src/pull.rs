//! Getting an image onto the engine. The engine pulls; this asks it to, with credentials, and
//! tells whoever watches how far it has come.

use std::time::Duration;

use bollard::{Docker, models::CreateImageInfo, query_parameters::CreateImageOptionsBuilder};
use futures_util::StreamExt;

use crate::{
    credentials::{self, Login, TaskLogin},
    engine::{Engine, ImageInfo, check_image_reference},
    error::{Error, Result},
    pull_error::{PullError, PullProblem},
    registry::{Repository, is_image_id, tag_to_add},
    surroundings::Surroundings,
};

/// When an image is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullPolicy {
    Always,
    /// If it is not present.
    Missing,
    Never,
}

/// An image, and what the task says about the registry that has it.
#[derive(Debug, Clone, Default)]
pub struct WantedImage {
    pub reference: String,
    pub login: TaskLogin,
}

/// What happens while an image is pulled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PullEvent<'a> {
    /// There will be an image, or an error.
    Started {
        reference: &'a str,
    },
    Layer {
        id: &'a str,
        stage: LayerStage,
    },
}

/// How far a layer has come. Amounts are bytes; an engine does not always say how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerStage {
    Waiting,
    Downloading { done: u64, total: Option<u64> },
    Downloaded,
    Extracting { done: u64, total: Option<u64> },
    Complete,
}

/// What [`Engine::ensure_image`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pulled {
    /// The image was there, and nobody asked for a newer one.
    NotNeeded(ImageInfo),
    /// The registry has what was there already.
    UpToDate(ImageInfo),
    New(ImageInfo),
}

impl Pulled {
    pub fn image(&self) -> &ImageInfo {
        match self {
            Pulled::NotNeeded(image) | Pulled::UpToDate(image) | Pulled::New(image) => image,
        }
    }
}

/// The engine answers only once the registry has: its own patience counts, not ours.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

impl Engine {
    /// Sees to it that the image is present, as the policy says. A pull ends when nobody waits for
    /// it any more; the engine keeps the layers that are complete, and no image.
    pub async fn ensure_image(
        &self,
        wanted: &WantedImage,
        policy: PullPolicy,
        surroundings: &Surroundings,
        progress: &mut dyn FnMut(PullEvent<'_>),
    ) -> Result<Pulled> {
        let reference = wanted.reference.as_str();
        let present = match self.image(reference).await {
            Ok(image) => Some(image),
            Err(Error::ImageMissing { .. }) => None,
            Err(error) => return Err(error),
        };
        let missing = || Error::ImageMissing { reference: reference.to_owned() };
        if policy == PullPolicy::Never || is_image_id(reference) {
            return present.map(Pulled::NotNeeded).ok_or_else(missing);
        }
        if let (Some(image), PullPolicy::Missing) = (&present, policy) {
            return Ok(Pulled::NotNeeded(image.clone()));
        }
        check_image_reference(reference)?;
        let repository =
            Repository::of(reference).ok_or_else(|| Error::ImageName { reference: reference.to_owned() })?;
        let login = credentials::find(&repository.registry, &wanted.login, surroundings).await?;
        self.pull(reference, &repository, &login, present.is_some(), progress).await?;
        let image = self.image(reference).await?;
        Ok(if present.is_some_and(|before| before.id == image.id) {
            Pulled::UpToDate(image)
        } else {
            Pulled::New(image)
        })
    }

    async fn pull(
        &self,
        reference: &str,
        repository: &Repository,
        login: &Login,
        is_present: bool,
        progress: &mut dyn FnMut(PullEvent<'_>),
    ) -> Result<()> {
        let docker = for_registries(&self.docker);
        let credentials = match login {
            Login::With(credentials) => Some(credentials.for_engine(&repository.registry)),
            Login::Anonymous { .. } => None,
        };
        let mut options = CreateImageOptionsBuilder::new().from_image(reference);
        if let Some(tag) = tag_to_add(reference) {
            options = options.tag(tag);
        }
        progress(PullEvent::Started { reference });
        let mut stream = std::pin::pin!(docker.create_image(Some(options.build()), None, credentials.clone()));
        while let Some(piece) = stream.next().await {
            let error = match piece {
                Ok(info) => match info.error_detail {
                    // Without a message, which `bollard` takes for no error.
                    Some(detail) => detail.message.unwrap_or_else(|| "it does not say why".to_owned()),
                    None => {
                        if let Some((id, stage)) = layer(&info) {
                            progress(PullEvent::Layer { id, stage });
                        }
                        continue;
                    }
                },
                Err(bollard::errors::Error::DockerStreamError { error }) => error,
                Err(error) if crate::engine::status(&error).is_some() => crate::engine::words(&error),
                Err(error) => return Err(crate::engine::engine_error("to pull the image", &error)),
            };
            let words = match login {
                Login::With(credentials) => credentials.removed_from(&error),
                Login::Anonymous { .. } => error,
            };
            let mut problem = PullProblem::of(&words, repository);
            if let PullProblem::Platform { available, .. } = &mut problem
                && let Ok(image) = docker.inspect_registry_image(reference, credentials.clone()).await
            {
                available.extend(image.platforms.iter().filter_map(|platform| {
                    let variant = platform.variant.as_ref().map(|variant| format!("/{variant}")).unwrap_or_default();
                    Some(format!("{}/{}{variant}", platform.os.as_ref()?, platform.architecture.as_ref()?))
                }));
            }
            return Err(Error::Pull(Box::new(PullError {
                reference: reference.to_owned(),
                registry: repository.registry.clone(),
                is_registry_named: repository.is_registry_named,
                is_present,
                login: login.clone(),
                problem,
                words: words.trim().to_owned(),
            })));
        }
        Ok(())
    }
}

/// `bollard` sends credentials in base 64 as of old, but engines read the alphabet for URLs, and
/// take what they cannot read for no credentials: a password such as `a?b` would not arrive.
fn for_registries(docker: &Docker) -> Docker {
    docker.clone().with_timeout(LONGEST_WAIT).with_request_modifier(|mut request| {
        if let Some(value) = request.headers_mut().get_mut("x-registry-auth") {
            let for_urls = value.to_str().map(|text| text.replace('+', "-").replace('/', "_"));
            if let Some(mut for_urls) = for_urls.ok().and_then(|text| text.parse().ok()) {
                std::mem::swap(value, &mut for_urls);
                value.set_sensitive(true);
            }
        }
        request
    })
}

fn layer(info: &CreateImageInfo) -> Option<(&str, LayerStage)> {
    let id = info.id.as_deref()?;
    let amount = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
    let detail = info.progress_detail.as_ref();
    let done = detail.and_then(|detail| amount(detail.current)).unwrap_or_default();
    let total = detail.and_then(|detail| amount(detail.total)).filter(|total| *total > 0);
    let stage = match info.status.as_deref()? {
        "Pulling fs layer" | "Waiting" => LayerStage::Waiting,
        "Downloading" => LayerStage::Downloading { done, total },
        "Verifying Checksum" | "Download complete" => LayerStage::Downloaded,
        "Extracting" => LayerStage::Extracting { done, total },
        "Pull complete" | "Already exists" => LayerStage::Complete,
        status if status.starts_with("Retrying") => LayerStage::Waiting,
        // The tag's line, and whatever else engines say.
        _ => return None,
    };
    Some((id, stage))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_come_along_as_the_engine_says() {
        let of = |json: &str| {
            let info: CreateImageInfo = serde_json::from_str(json).expect("as the engine writes");
            layer(&info).map(|(id, stage)| (id.to_owned(), stage))
        };
        let layer = |stage| Some(("a1".to_owned(), stage));
        let downloading =
            r#"{"status":"Downloading","progressDetail":{"current":5,"total":9},"progress":"[>","id":"a1"}"#;
        assert_eq!(of(downloading), layer(LayerStage::Downloading { done: 5, total: Some(9) }));
        let unknown = r#"{"status":"Extracting","progressDetail":{"current":5,"total":-1},"id":"a1"}"#;
        assert_eq!(of(unknown), layer(LayerStage::Extracting { done: 5, total: None }));
        assert_eq!(of(r#"{"status":"Waiting","progressDetail":{},"id":"a1"}"#), layer(LayerStage::Waiting));
        assert_eq!(of(r#"{"status":"Retrying in 2 seconds","id":"a1"}"#), layer(LayerStage::Waiting));
        assert_eq!(of(r#"{"status":"Already exists","progressDetail":{},"id":"a1"}"#), layer(LayerStage::Complete));
        assert_eq!(of(r#"{"status":"Pulling from library/a","id":"latest"}"#), None);
        assert_eq!(of(r#"{"status":"Status: Image is up to date for a:1"}"#), None);
    }
}
