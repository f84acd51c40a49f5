"""Words of the account pages and mails."""

TEMPLATE: dict[str, tuple[str, str]] = {
    "account_heading": ("Аккаунт", "Account"),
    "back": ("← Аккаунт", "← Account"),
    "email": ("Электронная почта", "E-mail"),
    "password": ("Пароль", "Password"),
    # overview
    "visitor_lead": (
        (
            "Сайт работает и без аккаунта: сделанное видно только в этом браузере, а в другом его не "
            "будет. С аккаунтом ваши голоса, история и словарь будут с вами на любом устройстве, и "
            "появятся ключи API."
        ),
        (
            "The site works without an account: what you make is seen in this browser alone. With an account "
            "your voices, history and dictionary are with you on every device, and you get API keys."
        ),
    ),
    "visitor_moves": (
        "Сделанное в этом браузере перейдёт в аккаунт.",
        "What you made in this browser moves to the account.",
    ),
    "signed_in_as": ("Вы вошли как", "You are signed in as"),
    "email_confirmed": ("Почта подтверждена", "E-mail confirmed"),
    "email_unconfirmed": ("Почта не подтверждена", "E-mail not confirmed"),
    "email_unconfirmed_hint": (
        "Откройте ссылку из письма. По этой почте вы восстановите доступ, если забудете пароль.",
        "Open the link in the mail. This mailbox is how you get back in when you forget the password.",
    ),
    "confirm_again": ("Прислать письмо ещё раз", "Send the mail again"),
    "confirm_sent": ("Письмо отправлено на {email}.", "A mail was sent to {email}."),
    "confirm_enough": (
        "Писем уже достаточно; попробуйте через час.",
        "That is enough mails for now; try again in an hour.",
    ),
    "confirm_heading": ("Подтверждение почты", "Confirm your e-mail"),
    "confirm_lead": (
        "Нажмите кнопку, если аккаунт открыли вы.",
        "Press the button if it was you who opened the account.",
    ),
    "confirm_submit": ("Подтвердить", "Confirm"),
    "confirmed": ("Почта подтверждена. Спасибо!", "Your e-mail is confirmed. Thank you!"),
    "sign_out": ("Выйти", "Sign out"),
    "usage_heading": ("Использование и пределы", "Usage and limits"),
    "usage_of": (
        "{used} из {limit}, осталось {left}",
        "{used} of {limit}, {left} left",
    ),
    "usage_unlimited": ("{used}, без предела", "{used}, no limit"),
    "usage_characters_per_day": ("Знаков сегодня", "Characters today"),
    "usage_jobs_waiting": ("Заданий в очереди", "Jobs waiting"),
    "usage_voices": ("Своих голосов", "Voices of your own"),
    "usage_storage_bytes": ("Файлов, МБ", "Files, MB"),
    "usage_dataset_seconds": ("Записей для обучения, мин", "Recordings to train from, min"),
    "usage_work_seconds_per_day": ("Работы сегодня, с", "Work today, s"),
    "usage_resets": (
        "Счёт знаков начнётся заново через {time} (в полночь по UTC).",
        "Characters are counted anew in {time} (at midnight UTC).",
    ),
    "month_heading": ("В этом месяце", "This month"),
    "month_characters": ("Знаков", "Characters"),
    "month_jobs": ("Заданий", "Jobs"),
    "month_minutes": ("Минут речи", "Minutes of speech"),
    "days_heading": ("По дням", "By day"),
    "day": ("День", "Day"),
    "day_characters": ("Знаки", "Characters"),
    "day_jobs": ("Задания", "Jobs"),
    "day_minutes": ("Минуты", "Minutes"),
    "days_none": ("Пока ничего не озвучено.", "Nothing has been spoken yet."),
    "settings_heading": ("Настройки", "Settings"),
    "export_heading": ("Мои данные", "My data"),
    "export_lead": (
        "Голоса с записями и согласиями, тексты, звук, словарь и прочее одним архивом.",
        "Voices with recordings and consents, texts, sound, the dictionary and the rest in one zip.",
    ),
    "export_submit": ("Скачать всё", "Download everything"),
    "forget_heading": ("Удалить сделанное в этом браузере", "Delete what this browser made"),
    "forget_lead": (
        "Голоса, записи, результаты и словарь этого браузера будут удалены безвозвратно.",
        "The voices, recordings, results and dictionary of this browser will be deleted for good.",
    ),
    "forget_submit": ("Удалить всё", "Delete everything"),
    "forgotten": ("Всё удалено.", "Everything is deleted."),
    "forgetting": (
        "Удалено не всё: файлов много. Нажмите ещё раз.",
        "There is more to delete than fits in one go. Press once more.",
    ),
    # sign in, sign up
    "sign_in_heading": ("Вход", "Sign in"),
    "sign_in_submit": ("Войти", "Sign in"),
    "sign_in_wrong": (
        "Почта или пароль не подходят. Проверьте раскладку и Caps Lock.",
        "This e-mail and password do not match. Mind Caps Lock.",
    ),
    "sign_in_inactive": ("Этот аккаунт закрыт.", "This account is closed."),
    "sign_up_heading": ("Регистрация", "Sign up"),
    "sign_up_submit": ("Зарегистрироваться", "Sign up"),
    "sign_up_have": ("Уже есть аккаунт?", "Have an account already?"),
    "sign_in_none": ("Ещё нет аккаунта?", "No account yet?"),
    "forgot": ("Забыли пароль?", "Forgot the password?"),
    "wait": (
        "Слишком много попыток. Подождите {minutes} мин и попробуйте снова.",
        "Too many tries. Wait {minutes} min and try again.",
    ),
    # passwords
    "reset_heading": ("Новый пароль", "New password"),
    "reset_lead": (
        "Назовите почту аккаунта: мы пришлём ссылку, по которой задают новый пароль.",
        "Tell us the e-mail of the account: we will send a link to set a new password.",
    ),
    "reset_no_mail": (
        "На этой установке почта не настроена. Новый пароль задаёт её оператор командой",
        "This installation sends no mail. Its operator sets a new password with",
    ),
    "reset_no_mail_whose": ("почта", "e-mail"),
    "reset_submit": ("Прислать ссылку", "Send the link"),
    "reset_sent_heading": ("Проверьте почту", "Check your mail"),
    "reset_sent_lead": (
        (
            "Если аккаунт с этой почтой есть, письмо со ссылкой уже в пути. Ссылка действует сутки. "
            "Нет письма — посмотрите в спаме."
        ),
        (
            "If there is an account with this e-mail, a mail with a link is on its way. The link works for "
            "a day. No mail? Look into the spam folder."
        ),
    ),
    "new_password_heading": ("Задайте новый пароль", "Set a new password"),
    "new_password_submit": ("Сохранить пароль", "Save the password"),
    "new_password_bad_link": (
        "Эта ссылка уже использована или устарела. Запросите новую.",
        "This link has been used or is too old. Ask for a new one.",
    ),
    "new_password_done": (
        "Новый пароль сохранён. Войдите с ним.",
        "The new password is saved. Sign in with it.",
    ),
    "change_heading": ("Смена пароля", "Change the password"),
    "change_lead": (
        "На других устройствах понадобится войти заново. Ключи API продолжат работать.",
        "Other devices will have to sign in again. API keys go on working.",
    ),
    "change_submit": ("Сменить пароль", "Change the password"),
    "changed": ("Пароль изменён.", "The password is changed."),
    # keys
    "keys_heading": ("Ключи API", "API keys"),
    "keys_lead": (
        "Ключ даёт программе доступ к вашему аккаунту в тех пределах, которые вы отметите.",
        "A key lets a program use your account within the scopes you tick.",
    ),
    "keys_docs": ("Описание API", "About the API"),
    "keys_none": ("Ключей пока нет.", "No keys yet."),
    "keys_new": ("Новый ключ", "New key"),
    "key_name": ("Имя", "Name"),
    "key_name_example": ("Например, «Бот»", "For instance, “Bot”"),
    "key_scopes": ("Что разрешено", "What it may do"),
    "key_submit": ("Создать ключ", "Create the key"),
    "key_once": (
        "Скопируйте ключ сейчас: больше он показан не будет.",
        "Copy the key now: it will not be shown again.",
    ),
    "key_copy": ("Скопировать", "Copy"),
    "key_created": ("Создан", "Created"),
    "key_used": ("Использован", "Last used"),
    "key_never": ("ни разу", "never"),
    "key_revoke": ("Отозвать", "Revoke"),
    "key_revoke_sure": (
        "Программы с этим ключом сразу перестанут работать.",
        "Programs with this key stop working at once.",
    ),
    "key_revoked": ("Ключ отозван.", "The key is revoked."),
    "scope_read": ("смотреть и скачивать", "see and download"),
    "scope_speak": ("озвучивать", "speak"),
    "scope_voices": ("создавать и менять голоса", "make and change voices"),
    "scope_account": ("управлять ключами", "manage keys"),
    # closing
    "close_heading": ("Удаление аккаунта", "Delete the account"),
    "close_lead": (
        (
            "Будут удалены навсегда: аккаунт, ключи, ваши голоса с записями, все результаты и словарь. "
            "Вернуть их будет нельзя. Останутся только записи о согласии на голоса: кто и когда их дал."
        ),
        (
            "The account, its keys, your voices with their recordings, all results and the dictionary will "
            "be deleted for good. They cannot be brought back. Only the records of consent to voices stay: "
            "who gave it, and when."
        ),
    ),
    "close_submit": ("Удалить навсегда", "Delete for good"),
    "close_wrong": ("Пароль не подходит.", "This is not the password."),
    "closed_heading": ("Аккаунт удалён", "The account is deleted"),
    "closed_lead": (
        "Всё, что в ней было, удаляется вместе с файлами.",
        "All that was in it goes, files included.",
    ),
}

SCRIPT: dict[str, tuple[str, str]] = {
    "copied": ("Скопировано", "Copied"),
    "copyFailed": (
        "Не скопировалось: выделите ключ и скопируйте сами.",
        "Could not copy: select the key and copy it yourself.",
    ),
}
