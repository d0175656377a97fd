# Sourced after tools.sh by what uses the CDK app in infra/.
# shellcheck shell=bash disable=SC2034 # what is set here is used there

# infra_modules: Node.js, and what infra/package-lock.json names.
infra_modules() {
    apt_install nodejs node
    apt_install npm npm
    if [ "$(node -p 'parseInt(process.versions.node) >= 20')" != true ]; then
        missing "Node.js 20 or newer (this is $(node --version))" "https://nodejs.org"
    fi
    if ! cmp -s infra/package-lock.json infra/node_modules/.installed; then
        (cd infra && npm ci --no-audit --no-fund --loglevel=error >&2)
        cp infra/package-lock.json infra/node_modules/.installed
    fi
    CDK=$ROOT/infra/node_modules/.bin/cdk
}

# aws_cli: an AWS CLI of our own.
aws_cli() {
    python_tools awscli awscli==1.46.2
    AWS_CLI=$CACHE/awscli/bin/aws
    export AWS_PAGER=
}

# aws_region: the Region of the environment or the profile, for every SDK by the name that it reads; or ends the script.
aws_region() {
    local region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$("$AWS_CLI" configure get region || true)}}
    if [ -z "$region" ]; then
        printf '%s: no Region is chosen\n  hint: set AWS_REGION, such as AWS_REGION=us-east-1\n' "${0##*/}" >&2
        exit 2
    fi
    export AWS_REGION=$region AWS_DEFAULT_REGION=$region
}

# settings [check] KEY=VALUE...: fills the array SETTINGS with what the CDK app makes of them, or ends the script with its message.
settings() {
    local key value lines
    lines=$(cd infra && node --import tsx bin/settings.ts "$@") || exit 2
    declare -gA SETTINGS=()
    while IFS=$'\t' read -r key value; do SETTINGS[$key]=$value; done <<<"$lines"
}
