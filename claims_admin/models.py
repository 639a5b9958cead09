from django.db import models


class LoginTries(models.Model):
    """How often a password was tried for one account name in the window that began at `since`.

    Kept for any name typed, whether or not such an account exists: the answer must not tell.
    """

    name_digest = models.CharField("账号摘要", max_length=64, unique=True)
    since = models.DateTimeField("窗口开始")
    tries = models.PositiveSmallIntegerField("次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "登录尝试"

    def __str__(self) -> str:
        return f"{self.name_digest[:8]} {self.tries}"
