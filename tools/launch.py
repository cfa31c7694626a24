"""What `./banso` does: see to the environment, then become the command in it."""

import os
import sys

from tools.environment import InstallError, ensure, hand_over
from tools.spoken import tell


def launch() -> int:
    """Hand over to the command; return an exit status only when that cannot be."""
    status = prepare()
    if status == 0:
        os.environ["BANSO_PROGRAM"] = sys.argv[0]  # hints then work as they are
        hand_over("banso", sys.argv[1:])
    return status


def prepare(*extras: str) -> int:
    """Make the environment ready and return 0, or say why not and return the status."""
    try:
        ensure(extras=extras)
    except InstallError as error:
        tell(
            f"エラー: インストールできませんでした。\n{error}\n"
            "ヒント: ネットワークと pip の設定を確かめて、もう一度実行してください。"
            "詳細は .venv/banso-install.log にあります。",
            f"error: Banso could not be installed.\n{error}\n"
            "hint: Check the network and pip's settings, then run this again. "
            "The details are in .venv/banso-install.log.",
        )
        return 2
    except OSError as error:
        tell(f"エラー: {error}", f"error: {error}")
        return 2
    except KeyboardInterrupt:
        tell(
            "中断しました。もう一度実行すると続けられます。",
            "Interrupted. Run it again to go on.",
        )
        return 130
    return 0
