mod mask;
mod normalise;
mod properties;
