from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "amiable.appointments"
    label = "appointments"
    verbose_name = "Rendez-vous"
