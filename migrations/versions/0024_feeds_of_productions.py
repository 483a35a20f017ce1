"""Calendar addresses of productions keep the production itself, not its code name."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BY_ID = """
UPDATE feed_token SET scope = COALESCE('production:#' || (
    SELECT production.id FROM production, user_account
    WHERE user_account.id = feed_token.user_id
      AND 'production:' || production.code_name = feed_token.scope
      AND (production.company_id = user_account.company_id OR production.id IN (
          SELECT production_id FROM production_invitee
          WHERE production_invitee.user_id = user_account.id))
    ORDER BY production.company_id <> user_account.company_id, production.id
    LIMIT 1
), scope)
WHERE scope LIKE 'production:%'
"""
"""As they were looked up: one's own company's before others'. What shows nothing stays as it is."""

BY_CODE_NAME = """
UPDATE feed_token SET scope = COALESCE('production:' || (
    SELECT production.code_name FROM production
    WHERE 'production:#' || production.id = feed_token.scope
), scope)
WHERE scope LIKE 'production:#%'
"""


def upgrade() -> None:
    op.execute(sa.text(BY_ID))


def downgrade() -> None:
    op.execute(sa.text(BY_CODE_NAME))
