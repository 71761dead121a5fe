#!/bin/sh
# Makes a release: one directory with compiled JavaScript, production packages, a Node and the command. The systemd unit
# and the container image both run what this makes, at /opt/restante.
#
#   deploy/make-release.sh DIRECTORY [NODE]
#
# DIRECTORY must not exist yet. NODE is the program that becomes DIRECTORY/bin/node; without it, the one of this tree.
# Needs Node >= 20, npm, and once the network. Writes to DIRECTORY and to this tree's dist/ folders only.
set -eu

if [ $# -lt 1 ] || [ -e "$1" ]; then
  sed -n '2,8p' "$0" | cut -c3-
  [ $# -lt 1 ] || echo "$1 is there already; a release is made beside the running one, never over it." >&2
  exit 2
fi
mkdir -p "$1"
release=$(cd "$1" && pwd)
rmdir "$release"
cd "$(dirname "$0")/.."

pnpm_version=12.21.0
if [ "$(pnpm --version 2>/dev/null)" = "$pnpm_version" ]; then
  pnpm() { command pnpm "$@"; }
elif [ -f .cache/tools/node_modules/pnpm/bin/pnpm.mjs ]; then # left by "npm start"
  pnpm() { node .cache/tools/node_modules/pnpm/bin/pnpm.mjs "$@"; }
else
  pnpm() { npx --yes "pnpm@$pnpm_version" "$@"; }
fi

echo "1/3 compiling"
[ -x node_modules/.bin/tsc ] || pnpm install --frozen-lockfile --reporter=append-only
# What was compiled from files that are gone must not be released.
rm -rf packages/*/dist packages/*/tsconfig.tsbuildinfo
PATH="$PWD/node_modules/.bin:$PATH" tsc -b packages/cli

echo "2/3 production packages"
pnpm --filter @restante/cli deploy --prod --reporter=append-only "$release" >/dev/null
# The release runs compiled code: sources, tests and declarations stay here.
for package in "$release" "$release"/node_modules/.pnpm/@restante+*/node_modules/@restante/*; do
  [ -L "$package" ] || (cd "$package" && rm -rf src test tsconfig.json tsconfig.tsbuildinfo)
done
find "$release" \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -type f -delete
rm -f "$release/pnpm-workspace.yaml" "$release/node_modules/.modules.yaml" "$release/node_modules/.pnpm-workspace-state-v1.json"

echo "3/3 command, Node and texts"
node=${2:-$(PATH="$PWD/node_modules/.bin:$PATH" node -p process.execPath)}
mkdir -p "$release/bin"
cp -L "$node" "$release/bin/node"
cat >"$release/bin/restante" <<'EOF'
#!/bin/sh
bin=$(dirname "$(readlink -f "$0")")
exec "$bin/node" "$bin/../dist/main.js" "$@"
EOF
chmod 755 "$release/bin/node" "$release/bin/restante"
cp -R deploy "$release/deploy"
cp LICENSE CHANGELOG.md "$release/"
[ ! -f README.md ] || cp README.md "$release/"

"$release/bin/restante" --version >/dev/null
echo "$release: restante $("$release/bin/restante" --version), Node $("$release/bin/node" --version), $(du -sh "$release" | cut -f1)"
