from django.apps import AppConfig


class DiaryConfig(AppConfig):
    name = "amiable.diary"
    label = "diary"
    verbose_name = "Journal"
