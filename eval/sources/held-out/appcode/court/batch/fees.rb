# frozen_string_literal: true

class FeeBatch
  TOTALS = <<~SQL.freeze
    SELECT court, sum(amount) AS total
    FROM court.fee
    WHERE paid_on >= '#{Date.today.beginning_of_year}'
    GROUP BY court
  SQL

  def overdue(court_id)
    ActiveRecord::Base.connection.select_all("SELECT id FROM court.fee WHERE court_id = #{court_id} AND paid_on IS NULL")
  end

  def note
    puts 'Select the court from the menu'
  end
end
