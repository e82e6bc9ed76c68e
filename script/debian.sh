# shellcheck shell=bash
# Sourced by the fallbacks: Debian's own packages of a later release, unpacked beside the system instead of into it.
# Needs no root, writes only into one folder of .cache/, and unpacks nothing that Debian's keyring has not vouched for.

RELEASE=forky
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# here_is_debian ADVICE: dies with the advice when this is not Debian on amd64 with its keyring.
here_is_debian() {
  [ "$(. /etc/os-release 2>/dev/null; echo "${ID:-}")" = debian ] && [ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] ||
    die "The fallback only knows Debian on amd64. $1"
  [ -r "$KEYRING" ] || die "The fallback cannot verify packages: $KEYRING is missing (package debian-archive-keyring). $1"
}

# unpack_debian FOLDER ADVICE PACKAGE…: the packages and what they depend on, in FOLDER/R.
unpack_debian() {
  local folder=$1 advice=$2 site asked package
  shift 2
  rm -rf "$folder"
  mkdir -p "$folder"/{lists,own-lists,cache}/partial "$folder/R"
  : >"$folder/status"
  asked=(indextargets --format '$(SITE)' 'Created-By: Packages')
  site=$(apt-get "${asked[@]}" 2>/dev/null | mirror || true)
  if [ -z "$site" ]; then
    say "apt has no package lists yet: reading this system's sources (into our folder) to learn its mirror"
    own_apt "$folder" own-lists update >&2 || die "apt could not read this system's package sources. $advice"
    site=$(own_apt "$folder" own-lists "${asked[@]}" | mirror)
  fi
  [ -n "$site" ] || die "apt names no mirror on this machine. $advice"
  echo "deb [arch=amd64 signed-by=$KEYRING] $site $RELEASE main" >"$folder/sources.list"
  say "fetching the package lists"
  later "$folder" update >&2 || die "Debian $RELEASE's package lists could not be fetched or verified. $advice"
  say "fetching the packages"
  later "$folder" install -y --download-only "$@" >"$folder/log" 2>&1 ||
    { tail -n 5 "$folder/log" >&2; die "The packages could not be fetched. $advice"; }
  grep -m 1 '^Need to get' "$folder/log" >&2 || true
  say "unpacking"
  for package in "$folder"/cache/*.deb; do dpkg -x "$package" "$folder/R"; done
}

# What only the unpacking needed.
tidy_debian() { rm -rf "$1"/{lists,own-lists,cache,status,sources.list}; }

# apt's own view of the world, moved into our folder. $2: where the package lists go.
own_apt() {
  local folder=$1 lists=$2
  shift 2
  apt-get -q -o Dir::State::lists="$folder/$lists" -o Dir::State::status="$folder/status" -o Dir::Cache="$folder/cache" \
    -o Dir::Cache::archives="$folder/cache" -o Debug::NoLocking=true -o APT::Sandbox::User=root \
    -o APT::Install-Recommends=false -o Acquire::Languages=none -o APT::Update::Post-Invoke-Success::= "$@"
}
later() {
  local folder=$1
  shift
  own_apt "$folder" lists -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null "$@"
}
mirror() { sed '/security/d' | head -n 1; }
