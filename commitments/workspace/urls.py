"""The addresses of the workspace."""

from django.urls import path

from commitments.workspace import home, proposal_drafts, proposals, receipts, reminder_settings, report, team
from commitments.workspace.cases.views import case_file_receive
from commitments.workspace.first_target import measuring
from commitments.workspace.handover import page as handover_page
from commitments.workspace.overview import month, past_reports
from commitments.workspace.phone import app, evidence_files, uploads

urlpatterns = [
    path("", home.home, name="workspace"),
    path("bulan/", month.month, name="workspace-month"),
    path("laporan/", past_reports.past_reports, name="workspace-past-reports"),
    path("rapor.pdf", past_reports.own_report_card, name="workspace-report-card"),
    path("sasaran/<slug:reference>/lapor/", report.report, name="workspace-report"),
    path("sasaran/<slug:reference>/lapor/bila/", report.report_preview, name="workspace-report-preview"),
    path("sasaran/<slug:reference>/berkas-kasus/", case_file_receive, name="workspace-case-file"),
    path("sasaran/<slug:reference>/ubah/", proposals.revision_propose, name="workspace-revision-propose"),
    path("sasaran/<slug:reference>/tarik/", proposals.target_withdraw, name="workspace-target-withdraw"),
    path("perubahan/<uuid:uuid>/tarik/", proposals.revision_withdraw, name="workspace-revision-withdraw"),
    path("tim/", team.team, name="workspace-team"),
    path("tim/<int:pk>/wakil/", team.member_deputise, name="workspace-deputy"),
    path("tim/<int:pk>/akhiri/", team.member_remove, name="workspace-member-remove"),
    path("tim/undangan/<int:pk>/cabut/", team.invitation_revoke, name="workspace-invitation-revoke"),
    path("pengingat/", reminder_settings.reminding, name="workspace-reminding"),
    path("kalender/<str:address>.ics", reminder_settings.calendar_feed, name="calendar-feed"),
    path("pengingat/<str:token>/", reminder_settings.frequency, name="reminder-frequency"),
    path("kiriman/<uuid:uuid>/", receipts.receipt, name="workspace-receipt"),
    path("kiriman/<uuid:uuid>/tanda-terima.txt", receipts.receipt_text, name="workspace-receipt-text"),
    path("kiriman/<uuid:uuid>/ada/", receipts.report_known, name="workspace-report-known"),
    path("kiriman/<uuid:uuid>/koreksi/", report.report_amend, name="workspace-report-amend"),
    path("kiriman/<uuid:uuid>/kirim/", receipts.report_submit, name="workspace-report-submit"),
    path("kiriman/<uuid:uuid>/tarik/", receipts.report_pull_back, name="workspace-report-pull-back"),
    path("kiriman/<uuid:uuid>/buang/", receipts.report_discard, name="workspace-report-discard"),
    path("berkas/<slug:sha256>/", uploads.file_piece, name="workspace-file-piece"),
    path("sw.js", app.service_worker, name="workspace-service-worker"),
    path("manifes.webmanifest", app.manifest, name="workspace-manifest"),
    path("tanpa-sinyal/", app.shell, name="workspace-shell"),
    path("bukti/<uuid:uuid>/", evidence_files.evidence_file, name="workspace-evidence"),
    path("bukti/tersimpan/<str:held>/", evidence_files.held_evidence_file, name="workspace-held-evidence"),
    path("konsep/<int:pk>/buang/", proposal_drafts.proposal_draft_discard, name="workspace-proposal-draft-discard"),
    path("komitmen/<slug:reference>/perbaiki/", proposals.commitment_amend, name="workspace-commitment-amend"),
    path("sasaran/<slug:reference>/perbaiki/", proposals.target_amend, name="workspace-target-amend"),
    path("serah-terima/", handover_page.handover, name="workspace-handover"),
    path("komitmen/mulai/", measuring.start, name="workspace-first-target"),
    path("komitmen/usul/", proposals.commitment_propose, name="workspace-commitment-propose"),
    path("komitmen/<slug:reference>/target/", proposals.target_propose, name="workspace-target-propose"),
    path(
        "komitmen/<slug:reference>/terima/", proposals.commitment_acknowledge, name="workspace-commitment-acknowledge"
    ),
    path("komitmen/<slug:reference>/tarik/", proposals.commitment_withdraw, name="workspace-commitment-withdraw"),
]
