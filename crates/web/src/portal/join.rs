//! Filling in a role that somebody else's matter left open, by the link of an invitation.

use desk::Platform;
use desk::seat::Secret;

use crate::app::Site;

/// The link to pass on.
pub(crate) fn link(site: &Site, platform: &Platform, secret: &Secret) -> String {
    format!("{}/p/{}/join/{}", site.origin, platform.id, secret.expose())
}
