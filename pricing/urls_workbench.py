"""The workbench: pages of the admin for what staff decide about prices."""

from django.urls import path

from pricing import views_board, views_desk, views_doubts, views_sources

app_name = "workbench"
urlpatterns = [
    path("unmatched/", views_desk.waiting, name="desk"),
    path("unmatched/<int:pk>/", views_desk.item, name="item"),
    path("unmatched/<int:pk>/link/", views_desk.link, name="link"),
    path("unmatched/<int:pk>/ignore/", views_desk.ignore, name="ignore"),
    path("unmatched/<int:pk>/reopen/", views_desk.reopen, name="reopen"),
    path("doubts/", views_doubts.waiting, name="doubts"),
    path("doubts/<int:pk>/", views_doubts.doubt, name="doubt"),
    path("doubts/<int:pk>/accept/", views_doubts.accept, name="accept"),
    path("doubts/<int:pk>/reject/", views_doubts.reject, name="reject"),
    path("doubts/<int:pk>/fix/", views_doubts.fix, name="fix"),
    path("board/", views_board.board, name="board"),
    path("board/<int:pk>/", views_board.printing, name="printing"),
    path("board/<int:pk>/seen/", views_board.see, name="see"),
    path("board/<int:pk>/again/", views_board.show_again, name="show_again"),
    path("sources/", views_sources.sources, name="sources"),
]
