#!/usr/bin/env bash
# Sets up the Yinliu voice client on a Raspberry Pi (64-bit) or another Linux machine; may be run again at any time.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
data=${XDG_DATA_HOME:-$HOME/.local/share}/yinliu-pi
config=${XDG_CONFIG_HOME:-$HOME/.config}
options=$config/yinliu/pi.yaml
unit=$config/systemd/user/yinliu-pi.service
python=$data/venv/bin/python

say() { # English, Chinese
    case "${YINLIU_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}}" in
        [zZ][hH]*) printf '%s\n' "$2" ;;
        *) printf '%s\n' "$1" ;;
    esac
}

fail() {
    say "$@" >&2
    exit 1
}

usage() {
    say "Usage: bash clients/pi/install.sh http://SERVER:8001 [TOKEN] [--no-service] [--gpio]
       bash clients/pi/install.sh --uninstall
The token may also come in the variable YINLIU_TOKEN. --gpio adds what buttons and LEDs at pins need." \
        "用法：bash clients/pi/install.sh http://服务器:8001 [令牌] [--no-service] [--gpio]
      bash clients/pi/install.sh --uninstall
令牌也可以放在环境变量 YINLIU_TOKEN 中。--gpio 会安装引脚按钮和 LED 所需的包。"
}

read_arguments() {
    server='' token=${YINLIU_TOKEN:-} service=yes gpio=no verb=install
    while (($#)); do
        case "$1" in
            --no-service) service=no ;;
            --gpio) gpio=yes ;;
            --uninstall) verb=uninstall ;;
            -h | --help) usage && exit ;;
            -*) usage >&2 && exit 2 ;;
            *) if [[ -z $server ]]; then server=$1; else token=$1; fi ;;
        esac
        shift
    done
    [[ $verb == uninstall || $server =~ ^https?://[^[:space:]]+$ ]] && return
    usage >&2
    exit 2
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "Run this as root, then start again: $*" "请以 root 运行以下命令，然后重试：$*"
    fi
}

need_package() { # Debian's name, what for in English, in Chinese
    if command -v apt-get >/dev/null; then
        say "Installing $1 ($2) with apt; this may ask for your password ..." "正在用 apt 安装 $1（$3），可能需要输入密码……"
        as_root apt-get install -y "$1" || { as_root apt-get update && as_root apt-get install -y "$1"; }
    else
        fail "$1 is missing ($2). Install it with your package manager and start again. Fedora: dnf install portaudio python3;
Arch: pacman -S portaudio python; openSUSE: zypper install libportaudio2; macOS: brew install portaudio." \
            "缺少 $1（$3）。请用系统的包管理器安装后重试。Fedora：dnf install portaudio python3；
Arch：pacman -S portaudio python；openSUSE：zypper install libportaudio2；macOS：brew install portaudio。"
    fi
}

check_machine() {
    case "$(uname -m)" in
        x86_64 | amd64 | aarch64 | arm64) ;;
        *) fail "This system is not 64-bit ($(uname -m)): onnxruntime is not made for it. Install the 64-bit Raspberry Pi OS." \
            "当前系统不是 64 位（$(uname -m)），没有对应的 onnxruntime。请安装 64 位 Raspberry Pi OS。" ;;
    esac
    system_python=${PYTHON:-python3}
    "$system_python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
        fail "Python 3.10 or newer is needed ($system_python is older or absent). Raspberry Pi OS has it since 2023 (bookworm); another one: PYTHON=python3.11 bash $0 ..." \
            "需要 Python 3.10 或更新版本（$system_python 过旧或不存在）。Raspberry Pi OS 自 2023 年（bookworm）起自带；也可指定：PYTHON=python3.11 bash $0 ……"
    "$system_python" -c 'import venv, ensurepip' 2>/dev/null ||
        need_package python3-venv "Python's environments" "Python 虚拟环境"
    "$system_python" -c 'import sys, ctypes.util; sys.exit(not ctypes.util.find_library("portaudio"))' ||
        need_package libportaudio2 "sound" "声音输入输出"
}

add_pins() {
    "$python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements-gpio.txt"
    if ! "$python" -c 'import lgpio' 2>/dev/null; then
        "$system_python" -c 'import lgpio' 2>/dev/null || need_package python3-lgpio "pins" "引脚"
        # What pip has put into the environment still comes first.
        sed -i 's/^\(include-system-site-packages *=\).*/\1 true/' "$data/venv/pyvenv.cfg"
        "$python" -c 'import lgpio' 2>/dev/null ||
            fail "lgpio, which reaches the pins, is not to be had for this Python: try another with PYTHON=..." \
                "这个 Python 没有可用的 lgpio（用于访问引脚）：请用 PYTHON=... 指定另一个。"
    fi
    touch "$data/gpio"
}

install_packages() {
    local wanted=("$root/requirements-clients.txt" "$root/requirements-vad.txt") stamp
    [[ $gpio == no && ! -e $data/gpio ]] || wanted+=("$here/requirements-gpio.txt")
    stamp=$(cat "${wanted[@]}" | cksum; "$system_python" -V)
    if [[ -x $python && $(cat "$data/installed" 2>/dev/null) == "$stamp" ]]; then
        say "The packages are installed already." "依赖已安装。"
        return
    fi
    say "Installing packages into $data/venv (a few minutes on a Pi) ..." "正在安装依赖到 $data/venv（在树莓派上需要几分钟）……"
    mkdir -p "$data"
    rm -f "$data/installed"
    "$python" -c '' 2>/dev/null || "$system_python" -m venv --clear "$data/venv"
    "$python" -m pip install --quiet --disable-pip-version-check -r "$root/requirements-clients.txt"
    # The detector's model is all that is wanted of this package; what it asks for besides is PyTorch.
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$root/requirements-vad.txt"
    if ((${#wanted[@]} > 2)); then
        add_pins
    fi
    printf '%s\n' "$stamp" >"$data/installed"
}

write_options() { # the token goes by the environment: other users can read command lines
    (cd "$root" && YINLIU_TOKEN=$token "$python" -m clients.pi.option_file "$options" "$server")
    say "Wrote $options (only you can read it)." "已写入 $options（仅本人可读）。"
}

quoted() { # for a unit file: % and $ have a meaning there
    local text=${1//\\/\\\\}
    text=${text//\"/\\\"}
    text=${text//%/%%}
    printf '"%s"' "${text//\$/\$\$}"
}

write_unit() {
    mkdir -p "$(dirname "$unit")"
    cat >"$unit" <<UNIT
[Unit]
Description=Yinliu voice client
After=pipewire.service pipewire-pulse.service pulseaudio.service
StartLimitIntervalSec=0

[Service]
WorkingDirectory=${root//%/%%}
ExecStart=$(quoted "$python") -m clients.pi --options $(quoted "$options")
Environment=YINLIU_LANG=${YINLIU_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}}
Restart=on-failure
RestartSec=5
# 2: what it was asked to do makes no sense, and would not the next time either.
RestartPreventExitStatus=2
TimeoutStopSec=5

[Install]
WantedBy=default.target
UNIT
}

start_service() {
    if ! command -v systemctl >/dev/null || ! systemctl --user show-environment >/dev/null 2>&1; then
        say "No systemd for this user, so no service. Start it yourself: (cd \"$root\" && \"$python\" -m clients.pi)" \
            "当前用户没有可用的 systemd，未安装服务。手动启动：(cd \"$root\" && \"$python\" -m clients.pi)"
        return
    fi
    write_unit
    systemctl --user daemon-reload
    systemctl --user enable --quiet yinliu-pi.service
    systemctl --user restart yinliu-pi.service
    say "The service yinliu-pi runs, and starts when you log in. Look: journalctl --user -u yinliu-pi -f" \
        "服务 yinliu-pi 已启动，登录后自动运行。查看：journalctl --user -u yinliu-pi -f"
    if [[ $(loginctl show-user "${USER:-$(id -un)}" --property=Linger --value 2>/dev/null) != yes ]]; then
        say "To start it at boot, without a login: sudo loginctl enable-linger ${USER:-$(id -un)}" \
            "要在开机时（无需登录）启动：sudo loginctl enable-linger ${USER:-$(id -un)}"
    fi
}

uninstall() {
    if [[ -e $unit ]] && command -v systemctl >/dev/null; then
        systemctl --user disable --now --quiet yinliu-pi.service 2>/dev/null || true
    fi
    rm -f "$unit" "$options"
    [[ -z ${data#"$HOME"} ]] || rm -rf "$data"
    if command -v systemctl >/dev/null; then
        systemctl --user daemon-reload 2>/dev/null || true
    fi
    say "Removed the service, the packages and $options. System packages stay." \
        "已删除服务、依赖和 $options；系统软件包保留。"
}

main() {
    read_arguments "$@"
    if [[ $verb == uninstall ]]; then
        uninstall
        return
    fi
    ((EUID != 0)) || [[ -z ${SUDO_USER:-} ]] ||
        fail "Run this without sudo: it asks for your password where it must." "请不要用 sudo 运行，需要时会询问密码。"
    check_machine
    install_packages
    write_options
    [[ $service == no ]] || start_service
    say "Done. Try it out: (cd \"$root\" && \"$python\" -m clients.pi --check)" \
        "完成。试一试：(cd \"$root\" && \"$python\" -m clients.pi --check)"
}

main "$@"
