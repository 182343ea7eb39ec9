//! What is embedded is found, and any brand colour becomes readable.

use super::*;

#[test]
fn an_embedded_file_is_found_by_its_own_link_and_kept_for_a_year() {
    for name in ["tokens.css", "site.css", "parts.css", "console.css", "print.css", "site.js", "upload.js", "mark.svg"]
    {
        let link = href(name);
        let asset = find(link.strip_prefix(PREFIX).unwrap(), &[]).expect(name);
        assert!(asset.cache_control.contains("immutable"), "{name}");
        assert!(link.contains(asset.etag.trim_matches('"')), "{name}");
        assert_ne!(asset.content_type, "application/octet-stream", "{name}");
    }
}

#[test]
fn a_stale_hash_gets_the_present_file_but_is_not_kept() {
    let asset = find("site.000000000000.css", &[]).unwrap();
    assert_eq!(asset.cache_control, "no-cache");
}

#[test]
fn what_is_not_embedded_is_not_found() {
    for name in ["", "site.css", "../Cargo.a.toml", "theme-nobody.0.css", "..", "a/b.c.css"] {
        assert_eq!(find(name, &[]), None, "{name}");
    }
}

#[test]
fn a_theme_is_found_by_its_own_link_only_for_its_platform() {
    let sea = Theme::new("haigang", "#0e5a7a").unwrap();
    let file = sea.href().strip_prefix(PREFIX).unwrap().to_owned();
    let asset = find(&file, std::slice::from_ref(&sea)).unwrap();
    assert_eq!(asset.bytes.as_ref(), sea.css().as_bytes());
    assert!(asset.cache_control.contains("immutable"));
    assert_eq!(find(&file, &[Theme::new("other", "#0e5a7a").unwrap()]), None);
}

#[test]
fn any_brand_colour_becomes_readable_in_both_modes() {
    for brand in ["#ffffff", "#000000", "#ffe600", "#e60012", "#00b050", "#0e5a7a", "#7f7f7f"] {
        let theme = Theme::new("any", brand).unwrap();
        for (shades, paper) in [(theme.day(), Rgb::PAPER), (theme.night(), Rgb::NIGHT)] {
            for ground in [paper, shades.soft, shades.on] {
                assert!(shades.accent.contrast(ground) >= 4.5, "{brand} on {ground}");
                assert!(shades.deep.contrast(ground) >= 4.5, "pressed {brand} on {ground}");
            }
        }
    }
}

#[test]
fn a_theme_takes_nothing_but_a_colour() {
    for text in ["", "red", "#fff", "#0e5a7", "#0e5a7a;}", "#+1+1+1", "0e5a7a"] {
        assert_eq!(Theme::new("x", text), Err(NotAColour), "{text}");
    }
}

#[test]
fn the_grounds_in_the_tokens_are_those_the_contrast_is_measured_on() {
    let tokens = include_str!("../../static/tokens.css");
    assert!(tokens.contains(&format!("--paper: {};", Rgb::PAPER)));
    assert!(tokens.contains(&format!("--paper: {};", Rgb::NIGHT)));
}
